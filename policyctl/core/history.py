"""What a branch went through: every state that it showed, not only the one that is left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from policyctl.core import paths
from policyctl.core.finding import Finding, Severity, in_order
from policyctl.core.frozen import frozen, replace
from policyctl.core.growth import check_growth, extent_of
from policyctl.core.ledger import Ledger
from policyctl.core.ledger_memo import LedgerMemo, Parts, check_others, joined
from policyctl.core.snapshot import File, violation

_EMERGENCY = frozenset({"EMERGENCY_PENDING", "EMERGENCY_OVERDUE"})
_OWED = frozenset({"APPROVALS_MISSING", "ROOT_THRESHOLD", "TOMBSTONE_THRESHOLD"}) | _EMERGENCY
_OTHERS = "/"
"""Where findings about files without a meaning are kept; no policy has this name."""


@frozen
class State:
    """One commit of a branch, as the changes since the one before.

    Attributes:
        number: its place on the branch, from 1.
        files: the governed files that changed; None where one is gone.
    """

    commit: str
    number: int
    files: Mapping[str, File | None]


@frozen
class Dropped:
    """A file that a merge does not have as one of the commits had it that it merged.

    Attributes:
        commit: the merge.
        gone: whether the merge has no such file; else it has another one.
    """

    commit: str
    path: str
    gone: bool


def check_merge(dropped: Dropped) -> Iterator[Finding]:
    """Findings about an entry or a trust root that a merge left out.

    On a branch that others merge themselves into, and then take the place of, the first parents
    tell nothing about what it held before.
    """
    place = paths.place_of(dropped.path)
    state = "is gone" if dropped.gone else "is another one"
    message = f"commit {dropped.commit[:12]} merges a branch with {dropped.path}, which {state}"
    if isinstance(place, paths.EntryFile):
        yield violation(
            "ROLLBACK_OR_TRUNCATION",
            message,
            file=dropped.path,
            policy=place.policy,
            entry=place.seq,
        )
    elif isinstance(place, paths.RootFile):
        yield violation("ROOT_ROLLBACK", message, file=dropped.path)


@frozen
class _Open:
    """Something that is wrong, since when, and in which version of its file."""

    finding: Finding
    commit: str
    file: File | None


class History:
    """Judges the states of a branch one after the other, each by what it changed."""

    def __init__(self, memo: LedgerMemo) -> None:
        self._memo = memo
        self._parts = Parts()
        self._ledgers: dict[str, Ledger] = {}
        self._open: dict[str, dict[tuple[str, str, int], _Open]] = {}
        self._adopted: frozenset[str] = frozenset()
        self._last = ""
        self._found: list[Finding] = []
        self.states = 0

    def add(self, state: State) -> None:
        """Judge the next state; the oldest comes first."""
        touched = {self._parts.put(path, file) for path, file in state.files.items()}
        if not self._ledgers:
            if paths.root_path(1) not in self._parts.shared:
                return  # nothing governs the branch yet
            self._adopted = frozenset(self._parts.policies)
            touched.add("")
        if "" in touched:
            touched |= {*self._parts.policies, *self._ledgers}
        self.states += 1
        policies = {policy for policy in touched if policy is not None}
        now = self._memo.parts(self._parts, policies)
        self._compare(now, state.commit)
        self._ledgers |= now
        for policy, ledger in now.items():
            own = set(ledger.findings)
            self._follow(policy, own - self._shared() if policy else own, state.commit)
        if None in touched or self._open.get(_OTHERS):
            self._follow(_OTHERS, check_others(self._parts), state.commit)
        self._last = state.commit

    def findings(self) -> tuple[Finding, ...]:
        """What was wrong once and is not in the last state; and everything that was lost."""
        return in_order(self._found)

    def _shared(self) -> set[Finding]:
        return set(self._ledgers[""].findings)

    def _compare(self, now: Mapping[str, Ledger], commit: str) -> None:
        """Note what a state lost of the one before."""
        if not self._last:
            return
        before = {policy: self._ledgers[policy] for policy in now if policy in self._ledgers}
        shared = {"": self._ledgers[""]}
        found = check_growth(
            extent_of(joined({**shared, **before})),
            joined({**shared, **now}),
            since=f"commit {self._last[:12]}",
        )
        self._found += [
            replace(item, message=f"commit {commit[:12]}: {item.message}") for item in found
        ]

    def _follow(self, policy: str, findings: Iterable[Finding], commit: str) -> None:
        """Open what is newly wrong, and report what was wrong until now."""
        before = self._open.get(policy, {})
        now = {(item.code, item.file, item.entry): item for item in findings}
        for key, opened in before.items():
            if key not in now:
                self._found += self._closed(opened, commit)
        self._open[policy] = {
            key: before.get(key)
            or _Open(finding=item, commit=commit, file=self._parts.get(item.file))
            for key, item in now.items()
        }

    def _closed(self, opened: _Open, commit: str) -> Iterator[Finding]:
        finding = opened.finding
        if finding.code == "UNREGISTERED_POLICY" and finding.policy in self._adopted:
            return  # it was there before governance was, and was recorded since
        states = f"from commit {opened.commit[:12]} until {commit[:12]}"
        if finding.code in _OWED:
            settled = self._parts.get(finding.file) == opened.file
            if settled and finding.code in _EMERGENCY:
                return  # it was in force by right; today's clock says nothing about that day
            ending = "approved later" if settled else "taken back, never approved"
            found = violation(
                "HISTORICAL_UNAPPROVED_STATE",
                f"{states}: {finding.message}; {ending}",
                file=finding.file,
                policy=finding.policy,
                entry=finding.entry,
            )
            # A proposal of a trust root that never held did nothing.
            harmless = settled or finding.code == "ROOT_THRESHOLD"
            yield replace(found, severity=Severity.WARNING) if harmless else found
            return
        yield violation(
            "HISTORICAL_UNRECORDED_STATE",
            f"{states}: {finding.message} ({finding.code})",
            file=finding.file,
            policy=finding.policy,
            entry=finding.entry,
            hint=f"see who brought it, and what it did meanwhile: git show {opened.commit[:12]}",
        )
