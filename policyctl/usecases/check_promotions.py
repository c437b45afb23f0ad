"""The gate before a merge: every policy change of a branch, judged by what its base asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from policyctl.core import paths
from policyctl.core.catalogue import Catalogue
from policyctl.core.finding import Finding, Severity, in_order
from policyctl.core.findings_baseline import FindingsBaseline
from policyctl.core.frozen import frozen
from policyctl.core.ledger import Ledger
from policyctl.core.ledger_memo import LedgerMemo, policy_of
from policyctl.core.snapshot import content_of
from policyctl.errors import DocumentError, InputError
from policyctl.rules.settings import Settings
from policyctl.usecases.branch_changes import BranchChanges, branch_changes, branch_ledgers
from policyctl.usecases.branch_rules import (
    SETTINGS,
    BranchRules,
    mixed_stream,
    own_mistakes,
    rule_errors,
)
from policyctl.usecases.diff import Comparison, PolicyDiff, compare
from policyctl.usecases.diff_pairs import Side
from policyctl.usecases.governed import CommittedGovernance
from policyctl.usecases.history import judge_way
from policyctl.usecases.judged_policy import judge_policy
from policyctl.usecases.judged_root import judge_root
from policyctl.usecases.policy_case import PolicyCase
from policyctl.usecases.ports import CommitFiles, Commits, Documents
from policyctl.usecases.promotion_check import PromotionCheck
from policyctl.usecases.reading import Reader, Reading

_CATALOGUES = "catalogues"


@frozen
class GateReaders:
    """What the gate reads with.

    Attributes:
        commits: the governed files of commits.
        files: all other files of commits.
        memo: judges ledgers.
        settings: what the bytes of ``policyctl.toml`` mean.
        catalogues: the control frameworks, given an organisation's own files by their names.
        known: what the bytes of a baseline of findings mean.
    """

    commits: Commits
    files: CommitFiles
    memo: LedgerMemo
    documents: Documents
    settings: Callable[[bytes | None], Settings]
    catalogues: Callable[[Mapping[str, bytes]], Mapping[str, Catalogue]]
    known: Callable[[bytes | None], FindingsBaseline]


def check_promotions(
    *, base: str, head: str, readers: GateReaders, now: datetime, known: str = ""
) -> PromotionCheck:
    """Judge everything that a branch would change.

    Only the chains of the changed policies are read, on both sides, unless the branch changes what
    all of them rest on.

    Args:
        base: the revision that the branch should be merged into.
        head: the branch.
        readers: what is read with.
        now: the present.
        known: the path of a baseline of findings, which counts as the base has it; or empty.

    Raises:
        InputError: there is no such baseline, or the base's catalogues cannot be read.
        NotJudgedError: the history is cut off, or the base has no trust root.
        TamperingError: the base's trust root does not hold.
    """
    changes = branch_changes(base=base, head=head, commits=readers.commits)
    readers.files.require_reach(changes.tip, changes.head)
    way = judge_way(base=changes.tip, head=changes.head, commits=readers.commits, memo=readers.memo)
    if not changes.files:
        return PromotionCheck(changes=changes, way=way, sources={})
    return _Gate(changes, readers, now, known).checked(way)


class _Gate:
    """One run of the gate on a branch that changes something."""

    def __init__(
        self, changes: BranchChanges, readers: GateReaders, now: datetime, known: str
    ) -> None:
        self._changes = changes
        self._readers = readers
        self._now = now
        self._ledgers = branch_ledgers(changes, readers.commits, readers.memo)
        tip = self._ledgers.snapshots[changes.tip]
        places = (changes.head, *changes.references)
        if known and all(readers.files.content(commit, known) is None for commit in places):
            raise InputError(f"neither the branch nor '{changes.base}' has a file {known}")
        own = readers.files.below(changes.tip, _CATALOGUES)
        self._catalogues = readers.catalogues(own)
        governance = CommittedGovernance(tip, self._ledgers.root, self._catalogues)
        self._reader = Reader(readers.documents, governance)
        self._rules = BranchRules(
            files=readers.files,
            documents=readers.documents,
            governance=governance,
            read_settings=readers.settings,
            read_known=readers.known,
            known=known,
            now=now,
        )

    def checked(self, way: tuple[Finding, ...]) -> PromotionCheck:
        """The whole report, given what is wrong on the way to the branch."""
        changes, ledgers = self._changes, self._ledgers
        by_policy = self._by_policy()
        comparison, unread = self._comparison()
        readings, linted = self._readings()
        diffs = {item.file: item for item in comparison.policies} if comparison else {}
        names = sorted({*changes.policies, *(name for name in by_policy if name)})
        rows = tuple(
            judge_policy(self._case(name, by_policy, diffs, readings, linted)) for name in names
        )
        governs = changes.governs or "" in by_policy
        effective = sum(not item.edited for item in diffs.values())
        changed = self._changed()
        return PromotionCheck(
            changes=changes,
            policies=rows,
            governance=judge_root(ledgers, tuple(by_policy.get("", ())), effective=effective)
            if governs
            else None,
            others=in_order(by_policy.get(None, ())),
            besides=(*self._besides(changed), *unread),
            comparison=comparison,
            way=way,
            whole=ledgers.whole,
            unread=tuple(filter(self._counts_later, changed)),
            sources={
                name: reading.content.decode("utf-8", "replace")
                for name, reading in readings.items()
            },
        )

    def _case(
        self,
        name: str,
        found: Mapping[str | None, list[Finding]],
        diffs: Mapping[str, PolicyDiff],
        readings: Mapping[str, Reading],
        linted: tuple[Finding, ...],
    ) -> PolicyCase:
        file = paths.policy_path(name)
        return PolicyCase(
            policy=name,
            changes=self._changes,
            ledgers=self._ledgers,
            diff=diffs.get(file),
            reading=readings.get(file),
            findings=in_order(found.get(name, ())),
            linted=tuple(item for item in linted if item.file == file),
            documents=self._readers.documents,
            reader=self._reader,
            files=self._readers.files,
            now=self._now,
        )

    def _by_policy(self) -> dict[str | None, list[Finding]]:
        """What is wrong, by policy; empty: governance, None: files that do not belong.

        What waits on the base for a steward's signature is not the branch's to bring.
        """
        waiting = set(self._ledgers.tip.findings) & self._ledgers.owed
        found: dict[str | None, list[Finding]] = {}
        for finding in self._ledgers.findings:
            policy = finding.policy or policy_of(finding.file)
            if policy or finding not in waiting or finding.file in self._changes.files:
                found.setdefault(policy, []).append(finding)
        return found

    def _comparison(self) -> tuple[Comparison | None, tuple[Finding, ...]]:
        """The changes in policy terms, or why the branch's files do not allow to tell them.

        Where there are several forks, they are told from the base's tip.
        """
        forks = self._changes.forks
        before = forks[0] if len(forks) == 1 else self._changes.tip
        ledger = self._ledgers.forks.get(before, self._ledgers.tip)
        try:
            comparison = compare(
                self._side(before, self._changes.base_name, ledger),
                self._side(self._changes.head, self._changes.head[:12], self._ledgers.head),
                documents=self._readers.documents,
                now=self._now,
            )
        except DocumentError as error:
            # A baseline that nobody can read; the branch is judged all the same.
            return None, error.findings or (_unreadable(error),)
        return comparison, ()

    def _side(self, commit: str, name: str, ledger: Ledger) -> Side:
        snapshot = self._ledgers.snapshots[commit]
        files = {path: content_of(snapshot, path) for path in snapshot}
        return Side(
            name=name,
            files={
                path: content
                for path, content in files.items()
                if content is not None and isinstance(paths.place_of(path), paths.PolicyFile)
            },
            governance=CommittedGovernance(snapshot, ledger.roots.latest, self._catalogues),
            ledger=ledger,
        )

    def _readings(self) -> tuple[dict[str, Reading], tuple[Finding, ...]]:
        """The branch's versions of the changed policies, and the errors that rules find there."""
        snapshot = self._ledgers.snapshots[self._changes.head]
        files = (paths.policy_path(name) for name in self._changes.policies)
        contents = {file: content_of(snapshot, file) for file in files}
        there = {file: content for file, content in contents.items() if content is not None}
        readings = {file: self._reader.read(content, file) for file, content in there.items()}
        invalid = [
            item
            for reading in readings.values()
            for item in reading.findings
            if item.severity is Severity.ERROR
        ]
        linted = rule_errors(
            there,
            head=self._changes.head,
            references=self._changes.references,
            snapshots=self._ledgers.snapshots,
            rules=self._rules,
        )
        return readings, _once([*invalid, *linted])

    def _changed(self) -> tuple[str, ...]:
        """All files that the branch itself changes, governed or not."""
        files, head = self._readers.files, self._changes.head
        differing = [set(files.changed(commit, head)) for commit in self._changes.references]
        return tuple(sorted(set.intersection(*differing)))

    def _besides(self, changed: tuple[str, ...]) -> tuple[Finding, ...]:
        head, references = self._changes.head, self._changes.references
        mixed = mixed_stream(changed, head=head, references=references, rules=self._rules)
        wrong = own_mistakes(head=head, references=references, rules=self._rules)
        return (*mixed, *wrong)

    def _counts_later(self, path: str) -> bool:
        """Whether a file would exempt from something, and counts only as the base has it."""
        names = (SETTINGS, self._rules.known)
        return path in names or path.startswith(f"{_CATALOGUES}/")


def _unreadable(error: DocumentError) -> Finding:
    return Finding(code="not-compared", severity=Severity.ERROR, message=error.message)


def _once(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings, each once although ``lint`` knows the policy and ``validate`` does not."""
    seen: dict[tuple[object, ...], Finding] = {}
    for item in findings:
        seen[item.file, item.code, item.message, item.span] = item
    return in_order(seen.values())
