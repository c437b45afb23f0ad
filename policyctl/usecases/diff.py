"""Compare the policies of two sides, over what is in force on each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from policyctl.core.canonical import sha256
from policyctl.core.diff.change import PolicyChange
from policyctl.core.diff.effect import Effect, together
from policyctl.core.diff.policies import effect_of, policy_changes
from policyctl.core.diff.recorded import RecordedChange, recorded_change
from policyctl.core.diff.requirement import Requirement, requirement
from policyctl.core.evidence import RecordSource
from policyctl.core.finding import Finding
from policyctl.core.frozen import frozen, replace
from policyctl.core.replay import Replay
from policyctl.core.root_difference import RootChange, root_changes
from policyctl.usecases.diff_pairs import Pairs, Side, paired
from policyctl.usecases.ports import Analysis, Documents
from policyctl.usecases.reading import Reading


@frozen
class PolicyDiff:
    """What differs in one policy.

    Attributes:
        file: the file on the side to which the change leads, else on the other.
        renamed_from: the policy's former id, or empty.
        apps: the applications whom it concerns; empty for all.
        edited: whether the file differs at all; a baseline may be all that changed.
        replay: what recorded traffic would have been decided differently; None without records.
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
    replay: Replay | None = None


@frozen
class Comparison:
    """All differences between two sides.

    Attributes:
        governance: what the trust root changes: who may approve what, gates, appetite.
        unread: findings in files that could not be compared.
        compared: how many policies were looked at.
        records: the detection records that were replayed; empty if none were given.
    """

    before: str
    after: str
    policies: tuple[PolicyDiff, ...]
    governance: tuple[RootChange, ...] = ()
    unread: tuple[Finding, ...] = ()
    compared: int = 0
    records: tuple[RecordSource, ...] = ()

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


def compare(
    before: Side,
    after: Side,
    *,
    documents: Documents,
    now: datetime,
    only: Iterable[str] = (),
    governs: bool = True,
    records: Analysis | None = None,
) -> Comparison:
    """Compare two sides.

    Args:
        before: where the change starts.
        after: where it leads.
        documents: reads the files.
        now: the moment by which the expiry of exceptions is judged.
        only: files and folders to look at; none for all.
        governs: whether going from one side to the other is a change that governance judges.
        records: detection records to replay under both sides, or None.
    """
    wanted = frozenset(only)
    pairs = paired(before, after, documents, wanted)
    found = [_diff(was, is_, before, after, now, governs=governs) for was, is_ in pairs.readings]
    policies = tuple(item for item in found if item.changes or (item.edited and governs))
    if records is not None:
        policies = tuple(_replayed(policies, pairs, records))
    return Comparison(
        before=before.name,
        after=after.name,
        policies=policies,
        governance=_governance(before, after) if governs and not wanted else (),
        unread=pairs.unread,
        compared=pairs.compared,
        records=tuple(sorted(records.manifest())) if records is not None and policies else (),
    )


def _replayed(
    policies: Iterable[PolicyDiff], pairs: Pairs, records: Analysis
) -> Iterator[PolicyDiff]:
    """The differences with what recorded traffic says about each."""
    sides: dict[str, tuple[Reading | None, Reading | None]] = {}
    for was, is_ in pairs.readings:
        shown = is_ or was
        if shown is not None:
            sides[shown.file] = was, is_
    for item in policies:
        old, new = (
            reading.effective.policy if reading and reading.effective else None
            for reading in sides[item.file]
        )
        yield replace(item, replay=records.replay(old, new))


def _governance(before: Side, after: Side) -> tuple[RootChange, ...]:
    old, new = before.governance.root, after.governance.root
    if old is None or new is None or old == new:
        return ()
    return root_changes(old, new)


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
    shown, shown_file = new or old, is_ or was
    policy = shown.policy.id if shown else ""
    return PolicyDiff(
        policy=policy,
        file=shown_file.file if shown_file else "",
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
