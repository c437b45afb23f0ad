"""An exception that is renewed again and again is a policy that does not fit."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policyctl.core.entry import ChangeAction
from policyctl.core.finding import Severity
from policyctl.core.policy import PolicyException
from policyctl.rules.rule import Problem, Rule, Subject

_OFTEN = 3


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each standing exception that several recorded changes were about.

    Entries do not hold the file, so the rationale of an entry tells which exception it was about:
    the one whose id or ticket it names. Where the policy has a single exception, and no entry
    names it, all of them count for it.
    """
    rationales = [
        entry.rationale for entry in subject.trail if entry.action is ChangeAction.EXCEPTION
    ]
    if len(rationales) < _OFTEN:
        return
    found = subject.standing
    for index, exception in found:
        naming = sum(_names(text, exception) for text in rationales)
        if naming >= _OFTEN:
            signal = f"{naming} recorded changes of exceptions name '{exception.id}'"
        elif len(subject.data["exceptions"]) == 1 and not naming:
            signal = (
                f"{len(rationales)} changes of exceptions are recorded,"
                f" and '{exception.id}' is the policy's only one"
            )
        else:
            continue
        yield Problem(
            message=f"{signal}: it seems to be renewed again and again",
            at=("exceptions", index, "id"),
            hint="make what it lets through a part of the policy, or cure its cause",
        )


def _names(text: str, exception: PolicyException) -> bool:
    return any(
        re.search(rf"(?<![\w-]){re.escape(name)}(?!\.?[\w-])", text)
        for name in (exception.id, exception.ticket)
        if name
    )


RULE = Rule(
    id="exception-renewed-repeatedly",
    summary="an exception seems to be renewed again and again",
    severity=Severity.WARNING,
    check=check,
    references=("https://doi.org/10.6028/NIST.CSWP.29",),
)
