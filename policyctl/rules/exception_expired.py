"""An exception that has ended is removed or renewed."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.criterion import counted
from policyctl.core.expiry import day, days_left, is_expired
from policyctl.core.finding import Severity
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each exception whose last day has passed.

    One that names no day of the calendar is the finding of 'impossible-date'.
    """
    if subject.now is None:
        return
    for index, item in enumerate(subject.data.get("exceptions", ())):
        expires = day(item["expires"])
        if expires is not None and is_expired(expires, subject.now):
            ago = counted(-days_left(expires, subject.now), "day")
            yield Problem(
                message=f"exception '{item['id']}' ended on {expires}, {ago} ago:"
                " it lets nothing through",
                at=("exceptions", index, "expires"),
                hint="remove it, or renew it with a reason that holds today",
            )


RULE = Rule(
    id="exception-expired",
    summary="an exception has ended and still stands in the file",
    severity=Severity.ERROR,
    check=check,
    references=("https://doi.org/10.6028/NIST.CSWP.29",),
)
