"""What an entry needs from others: the approvals that governance asks for, and from whom not."""

from __future__ import annotations

from collections.abc import Iterable, Set

from policyctl.core.entry import ChangeAction, Entry
from policyctl.core.stages import Stage
from policyctl.core.trust_root import TrustRoot

_EMERGENCY = (ChangeAction.DEMOTE, ChangeAction.EMERGENCY_DEMOTE)


def needed(root: TrustRoot, entry: Entry, before: Entry | None) -> dict[str, int]:
    """The approvals that an entry needs, by role, given the entry before it."""
    use_cases = {entry.use_case, before.use_case if before else entry.use_case}
    return _together(root, _judged_as(entry), entry.target, use_cases)


def needed_for_emergency(root: TrustRoot, target: Stage, use_cases: Set[str]) -> dict[str, int]:
    """The approvals that an emergency demotion to a stage would need, by role."""
    return _together(root, _EMERGENCY, target, use_cases)


def _together(
    root: TrustRoot, kinds: Iterable[ChangeAction], target: Stage | None, use_cases: Set[str]
) -> dict[str, int]:
    found: dict[str, int] = {}
    for action in kinds:
        for role, count in root.need(action, target, use_cases).items():
            found[role] = max(count, found.get(role, 0))
    return found


def owners(root: TrustRoot, entry: Entry, before: Entry | None) -> frozenset[str]:
    """The people who own the policy before or after an entry, and so cannot approve it."""
    return root.owners(entry.owner) | root.owners(before.owner if before else entry.owner)


def _judged_as(entry: Entry) -> tuple[ChangeAction, ...]:
    """The kinds of change whose rules an entry has to satisfy, all of them.

    What takes effect at once owes what it would have owed otherwise. What annuls a change is a
    change of the file as well, and, where the stage moves or the policy goes, of that too.
    """
    match entry.action:
        case ChangeAction.EMERGENCY_DEMOTE:
            return _EMERGENCY
        case ChangeAction.VOID:
            kinds = (ChangeAction.VOID, ChangeAction.EDIT, ChangeAction.EXCEPTION)
            if entry.target is None:
                return *kinds, ChangeAction.RETIRE
            return kinds if entry.source is entry.target else (*kinds, ChangeAction.DEMOTE)
        case _:
            return (entry.action,)
