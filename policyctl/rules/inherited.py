"""Problems of values that may stand in the policy file or come from its baseline."""

from __future__ import annotations

from itertools import takewhile

from policyctl.core.finding import Path, pointer
from policyctl.rules.rule import Problem, Subject


def problem_of_value(subject: Subject, message: str, *, at: Path, hint: str = "") -> Problem:
    """A problem at the place of a value of the effective policy.

    Where the value comes from the baseline, the problem stands at ``extends``, and the hint says
    which line of the policy file would overrule it.
    """
    if _stands_in_file(subject, at):
        return Problem(message=message, at=at, hint=hint)
    line = pointer(tuple(takewhile(lambda step: isinstance(step, str), at)))
    return Problem(
        message=f"{message} (from '{subject.data['extends']}')",
        at=("extends",),
        hint=f"overrule the baseline with '{line}' in this file",
    )


def _stands_in_file(subject: Subject, at: Path) -> bool:
    """True if the file has the value; lists are never joined, so an index needs no look."""
    place: object = subject.data
    for step in at:
        if not isinstance(step, str):
            return True
        if not isinstance(place, dict) or step not in place:
            return False
        place = place[step]
    return True
