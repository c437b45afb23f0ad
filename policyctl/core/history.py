"""What a branch went through: every state that it showed, not only the one that is left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum, auto

from policyctl.core import paths
from policyctl.core.finding import Finding, Severity, in_order
from policyctl.core.frozen import frozen, replace
from policyctl.core.growth import check_growth, extent_of
from policyctl.core.ledger import Ledger
from policyctl.core.ledger_memo import LedgerMemo, Parts, check_others, joined
from policyctl.core.redaction import redaction_of
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
class Way:
    """The commits by which a branch goes on from its base, each as its first parent's child.

    Attributes:
        start: the commit from which they go on; empty where they begin the history, or it is cut
            off there.
        states: how many of them changed governed files.
        paths: these files.
    """

    start: str
    states: int
    paths: frozenset[str]


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


class _Fate(Enum):
    """What became of approvals or signatures that were owed.

    An entry that changes a policy shows the branch what nobody approved yet. One that changes
    nothing, a tombstone that another entry records, and a trust root that does not hold before it
    is signed can only be completed where everybody sees them; so they wait there by right.
    """

    LIVE = auto()  # they came, and the policy's file was as nobody had approved it until then
    WAITED = auto()  # they came, and no policy was different until then
    GONE = auto()  # what owed them is not there any more, or is another one
    UNSEEN = auto()  # it is there, and this state is too broken to tell


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
        unseen = {}
        for key, opened in before.items():
            if key not in now:
                fate = self._fate(opened)
                if fate is _Fate.UNSEEN:
                    unseen[key] = opened
                else:
                    self._found += self._closed(opened, fate, commit)
        self._open[policy] = unseen | {
            key: before.get(key)
            or _Open(finding=item, commit=commit, file=self._parts.get(item.file))
            for key, item in now.items()
        }

    def _fate(self, opened: _Open) -> _Fate:
        """What became of something that is not found in the newest state any more."""
        finding = opened.finding
        if finding.code not in _OWED or self._parts.get(finding.file) != opened.file:
            return _Fate.GONE
        place = paths.place_of(finding.file)
        if isinstance(place, paths.RootFile):
            held = place.version in self._ledgers[""].roots.by_version
            return _Fate.WAITED if held else _Fate.UNSEEN
        ledger = self._ledgers[finding.policy]
        chain = ledger.chains.get(finding.policy)
        if chain is None or len(chain.entries) < finding.entry:
            return _Fate.UNSEEN
        item = chain.entries[finding.entry - 1]
        about_tombstone = finding.code == "TOMBSTONE_THRESHOLD"
        judged = redaction_of(chain, finding.entry) if about_tombstone else item
        if judged is None or judged.entry.root not in ledger.roots.by_version:
            return _Fate.UNSEEN
        changes = item.entry.before != item.entry.after and not about_tombstone
        return _Fate.LIVE if changes else _Fate.WAITED

    def _closed(self, opened: _Open, fate: _Fate, commit: str) -> Iterator[Finding]:
        finding = opened.finding
        if finding.code == "UNREGISTERED_POLICY" and finding.policy in self._adopted:
            return  # it was there before governance was, and was recorded since
        states = f"from commit {opened.commit[:12]} until {commit[:12]}"
        if finding.code in _OWED:
            if fate is _Fate.WAITED:
                return  # there was nothing to hold back meanwhile
            settled = fate is _Fate.LIVE
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
