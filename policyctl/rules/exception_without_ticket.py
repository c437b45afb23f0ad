"""An exception leads to the discussion behind it."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.finding import Severity
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each exception without a ticket."""
    for index, item in enumerate(subject.data.get("exceptions", ())):
        if "ticket" not in item:
            yield Problem(
                message=f"exception '{item['id']}' has no ticket",
                at=("exceptions", index, "id"),
                hint="add 'ticket:' with where it was discussed and will be followed up",
            )


RULE = Rule(
    id="exception-without-ticket",
    summary="an exception has no ticket",
    severity=Severity.NOTE,
    check=check,
    references=("https://doi.org/10.6028/NIST.CSWP.29",),
)
