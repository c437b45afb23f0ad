"""Whether an entry's action, stages and digests fit together, and fit what came before."""

from __future__ import annotations

from collections.abc import Sequence

from policyctl.core.entry import KEEPS_THE_FILE, ChangeAction, Entry
from policyctl.core.stages import Stage, is_demotion, is_promotion

VOIDABLE = frozenset(
    {
        ChangeAction.REGISTER,
        ChangeAction.EDIT,
        ChangeAction.EXCEPTION,
        ChangeAction.PROMOTE,
    }
)
"""What a void can annul. Annulling a way back would be a way forward without evidence."""


def shape_problem(entry: Entry, earlier: Sequence[Entry]) -> str:
    """What is wrong with an entry taken by itself and after the ones before it, or nothing."""
    match entry.action:
        case ChangeAction.VOID:
            return _void_problem(entry, earlier)
        case ChangeAction.REDACT:
            return _redact_problem(entry, earlier)
        case ChangeAction.REVIEW:
            return _review_problem(entry, earlier)
        case _:
            return _step_problem(entry)


def annulled(earlier: Sequence[Entry]) -> int | None:
    """Which of a chain's entries a void after them would annul: the last that changed anything.

    Args:
        earlier: the entries in order.

    Returns:
        An index, or None if nothing was changed yet.
    """
    for index in range(len(earlier) - 1, -1, -1):
        if earlier[index].action not in KEEPS_THE_FILE:
            return index
    return None


def _step_problem(entry: Entry) -> str:
    source, target = entry.source, entry.target
    match entry.action:
        case ChangeAction.REGISTER:
            fits = source is None and target is Stage.LOGGING and entry.before is None
            problem = "a policy is registered in 'logging'"
        case ChangeAction.EDIT | ChangeAction.EXCEPTION:
            fits = source is not None and source is target
            problem = f"'{entry.action.value}' does not move the stage, and this does"
        case ChangeAction.PROMOTE:
            fits = source is not None and target is not None and is_promotion(source, target)
            problem = f"a promotion goes one stage forward, not {entry.transition}"
        case ChangeAction.DEMOTE | ChangeAction.EMERGENCY_DEMOTE:
            fits = source is not None and target is not None and is_demotion(source, target)
            problem = f"a demotion goes back, not {entry.transition}"
        case _:
            fits = source is not None and target is None and entry.after is None
            problem = "a retired policy has no stage and no file"
    if fits and entry.action is not ChangeAction.RETIRE:
        fits = entry.after is not None and entry.after != entry.before
        problem = "an entry records a change of the policy file"
    return "" if fits else problem


def _void_problem(entry: Entry, earlier: Sequence[Entry]) -> str:
    index = annulled(earlier)
    if index is None or earlier[index].action not in VOIDABLE:
        what = f"a {earlier[index].action.value}" if index is not None else "nothing"
        return f"a void annuls an edit, an exception, a promotion or a registration, not {what}"
    former = earlier[index]
    if (entry.after, entry.target) != (former.before, former.source):
        return f"a void of entry {former.seq} restores the stage and the bytes from before it"
    kept = earlier[index - 1] if entry.after is not None and index else former
    if (entry.owner, entry.use_case) != (kept.owner, kept.use_case):
        return f"a void of entry {former.seq} restores owner and use case as they were before it"
    return ""


def _redact_problem(entry: Entry, earlier: Sequence[Entry]) -> str:
    if not earlier:
        return "a redaction comes after the entry that it redacts"
    return "" if _keeps(entry, earlier[-1]) else "a redaction changes nothing about the policy"


def _review_problem(entry: Entry, earlier: Sequence[Entry]) -> str:
    if not earlier or entry.after is None or entry.target is None:
        return "a review is about a policy that is recorded and not retired"
    if not _keeps(entry, earlier[-1]):
        return "a review leaves the policy as it is"
    return "a review names no evidence" if entry.evidence else ""


def _keeps(entry: Entry, last: Entry) -> bool:
    """True if bytes, stage, owner and use case are what they were."""
    return (entry.before, entry.source, entry.owner, entry.use_case) == (
        entry.after,
        entry.target,
        last.owner,
        last.use_case,
    )
