"""Compare the policies of two sides, over what is in force on each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from policyctl.core.canonical import sha256
from policyctl.core.diff.change import PolicyChange
from policyctl.core.diff.effect import Effect, together
from policyctl.core.diff.policies import effect_of, policy_changes
from policyctl.core.diff.recorded import RecordedChange, recorded_change
from policyctl.core.diff.requirement import Requirement, requirement
from policyctl.core.finding import Finding, Severity
from policyctl.core.ledger import Ledger
from policyctl.core.root_difference import RootChange, root_changes
from policyctl.usecases.ports import Documents, Governance
from policyctl.usecases.reading import Reader, Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side of a comparison.

    Attributes:
        name: how messages call it: ``main``, ``the working tree``.
        files: policy files by their path from the top of the repository.
        ledger: the ledger that goes with them, where one was read.
    """

    name: str
    files: Mapping[str, bytes]
    governance: Governance
    ledger: Ledger | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyDiff:
    """What differs in one policy.

    Attributes:
        file: the file on the side to which the change leads, else on the other.
        renamed_from: the policy's former id, or empty.
        apps: the applications whom it concerns; empty for all.
        edited: whether the file differs at all; a baseline may be all that changed.
    """

    policy: str
    file: str
    changes: tuple[PolicyChange, ...]
    effect: Effect
    requirement: Requirement
    recorded: RecordedChange | None = None
    apps: tuple[str, ...] = ()
    stage: str = ""
    renamed_from: str = ""
    edited: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """All differences between two sides.

    Attributes:
        governance: what the trust root changes: who may approve what, gates, appetite.
        unread: findings in files that could not be compared.
        compared: how many policies were looked at.
    """

    before: str
    after: str
    policies: tuple[PolicyDiff, ...]
    governance: tuple[RootChange, ...] = ()
    unread: tuple[Finding, ...] = ()
    compared: int = 0

    @property
    def effect(self) -> Effect:
        """What all changes do together, those of governance among them."""
        effects = [item.effect for item in self.policies]
        return together([*effects, *(item.effect for item in self.governance)])

    @property
    def approvals(self) -> dict[str, int]:
        """The approvals that the changes ask for, by role: the most that one of them asks."""
        found: dict[str, int] = {}
        for item in self.policies:
            for role, count in item.requirement.approvals.items():
                found[role] = max(count, found.get(role, 0))
        return dict(sorted(found.items()))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """The policies of one side, and what could not be read."""

    policies: Mapping[str, Reading]
    unread: tuple[Finding, ...]
    doubtful: frozenset[str]


def compare(
    before: Side,
    after: Side,
    *,
    documents: Documents,
    now: datetime,
    only: Iterable[str] = (),
    governs: bool = True,
) -> Comparison:
    """Compare two sides.

    Args:
        before: where the change starts.
        after: where it leads.
        documents: reads the files.
        now: the moment by which the expiry of exceptions is judged.
        only: files and folders to look at; none for all.
        governs: whether going from one side to the other is a change that governance judges.
    """
    wanted = frozenset(only)
    names = [
        name
        for name in sorted({*before.files, *after.files})
        if not wanted or name in wanted or any(name.startswith(f"{top}/") for top in wanted)
    ]
    alike = _alike(before, after, names)
    old = _read(before, [name for name in names if name not in alike], documents)
    new = _read(after, [name for name in names if name not in alike], documents)
    # A file that one side cannot read is neither new nor gone.
    doubtful = old.doubtful | new.doubtful
    pairs = _pairs(
        {name: item for name, item in old.policies.items() if name not in doubtful},
        {name: item for name, item in new.policies.items() if name not in doubtful},
    )
    found = [_diff(was, is_, before, after, now, governs=governs) for was, is_ in pairs]
    return Comparison(
        before=before.name,
        after=after.name,
        policies=tuple(item for item in found if item.changes or (item.edited and governs)),
        governance=_governance(before, after) if governs and not wanted else (),
        unread=tuple(_once((*old.unread, *new.unread))),
        compared=len(names),
    )


def _governance(before: Side, after: Side) -> tuple[RootChange, ...]:
    old, new = before.governance.root, after.governance.root
    if old is None or new is None or old == new:
        return ()
    return root_changes(old, new)


def _alike(before: Side, after: Side, names: Iterable[str]) -> frozenset[str]:
    """The files that need not be read: the same bytes, under the same governance."""
    if not _same_governance(before.governance, after.governance):
        return frozenset()
    return frozenset(
        name
        for name in names
        if name in before.files and before.files[name] == after.files.get(name)
    )


def _same_governance(one: Governance, other: Governance) -> bool:
    def seen(governance: Governance) -> tuple[object, object]:
        baselines = {name: governance.baseline(name) for name in governance.baseline_names()}
        return baselines, governance.root.gates if governance.root else None

    return seen(one) == seen(other)


def _read(side: Side, names: Iterable[str], documents: Documents) -> _Read:
    reader = Reader(documents, side.governance)
    policies: dict[str, Reading] = {}
    unread: list[Finding] = []
    doubtful: set[str] = set()
    for name in names:
        if name not in side.files:
            continue
        reading = reader.read(side.files[name], name)
        if reading.effective is None:
            doubtful.add(name)
            unread += [item for item in reading.findings if item.severity is Severity.ERROR] or [
                _unreadable(name)
            ]
        else:
            policies[name] = reading
    return _Read(policies=policies, unread=tuple(unread), doubtful=frozenset(doubtful))


def _unreadable(name: str) -> Finding:
    message = f"{name} extends a baseline that is not there, so it cannot be compared"
    return Finding(code="not-compared", severity=Severity.ERROR, message=message, file=name)


def _once(findings: Iterable[Finding]) -> Iterator[Finding]:
    seen: set[tuple[str, str]] = set()
    for finding in findings:
        if (finding.file, finding.message) not in seen:
            seen.add((finding.file, finding.message))
            yield finding


def _pairs(
    old: Mapping[str, Reading], new: Mapping[str, Reading]
) -> list[tuple[Reading | None, Reading | None]]:
    """The readings that belong together: by file, then what is gone and what is new, if alike."""
    pairs: list[tuple[Reading | None, Reading | None]] = [
        (old[name], new[name]) for name in old if name in new
    ]
    gone = {name: old[name] for name in old if name not in new}
    for name in new:
        if name in old:
            continue
        origin = _renamed(new[name], gone)
        pairs.append((gone.pop(origin) if origin else None, new[name]))
    pairs += [(reading, None) for reading in gone.values()]
    return sorted(pairs, key=lambda pair: (pair[1] or pair[0] or _NOTHING).file)


_NOTHING = Reading(file="", content=b"")


def _renamed(reading: Reading, gone: Mapping[str, Reading]) -> str:
    """The file that was there before under another name, if one says nearly the same."""
    known = {name: _lines(other.content) for name, other in gone.items()}
    mine = _lines(reading.content)
    likeness = {
        name: len(mine & lines) / max(len(mine | lines), 1) for name, lines in known.items()
    }
    best = max(likeness, key=lambda name: likeness[name], default="")
    return best if best and likeness[best] >= _ALIKE else ""


_ALIKE = 0.6


def _lines(content: bytes) -> frozenset[bytes]:
    return frozenset(line.strip() for line in content.splitlines() if line.strip())


def _diff(
    was: Reading | None,
    is_: Reading | None,
    before: Side,
    after: Side,
    now: datetime,
    *,
    governs: bool,
) -> PolicyDiff:
    old = was.effective if was else None
    new = is_.effective if is_ else None
    changes = policy_changes(old, new, now=now)
    edited = (was.content if was else None) != (is_.content if is_ else None)
    shown = new or old
    policy = shown.policy.id if shown else ""
    return PolicyDiff(
        policy=policy,
        file=(is_ or was or _NOTHING).file,
        changes=changes,
        effect=effect_of(changes),
        requirement=requirement(
            old.policy if old else None,
            new.policy if new else None,
            changes,
            before.governance.root or after.governance.root,
            edited=edited and governs,
        ),
        recorded=_recorded(policy, is_, before, after) if edited and governs else None,
        apps=shown.policy.apps if shown else (),
        stage=shown.policy.stage.value if shown else "",
        renamed_from=old.policy.id if old and new and old.policy.id != new.policy.id else "",
        edited=edited,
    )


def bare(side: Side, documents: Documents) -> Side:
    """The policies of a side without what they set themselves: what their baselines alone give."""
    files: dict[str, bytes] = {}
    for name, content in side.files.items():
        document, _ = documents.parse(content, name)
        data = document.data if document else None
        if isinstance(data, dict) and "extends" in data:
            kept = {key: data[key] for key in _IDENTITY if key in data}
            # JSON is YAML, and needs no writer of its own.
            files[name] = json.dumps(kept).encode()
    return replace(side, name="the baseline", files=files, ledger=None)


_IDENTITY = (
    *("schema", "id", "name", "purpose", "use_case", "extends", "data_sensitivity", "owner"),
    *("stage", "applies_to"),
)


def _recorded(
    policy: str, reading: Reading | None, before: Side, after: Side
) -> RecordedChange | None:
    if after.ledger is None:
        return None
    known = before.ledger.chains.get(policy) if before.ledger else None
    digest = sha256(reading.content) if reading else None
    return recorded_change(
        after.ledger.chains.get(policy), digest, len(known.entries) if known else 0
    )
