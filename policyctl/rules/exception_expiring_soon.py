"""The end of an exception is known before it comes."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.criterion import counted
from policyctl.core.expiry import days_left
from policyctl.core.finding import Severity
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each exception that ends within the time that the settings give."""
    if subject.now is None:
        return
    for index, exception in subject.standing:
        left = days_left(exception.expires, subject.now)
        if left <= subject.settings.exception_soon.days:
            end = f"in {counted(left, 'day')}" if left else "today"
            yield Problem(
                message=f"exception '{exception.id}' ends {end}, after {exception.expires}:"
                " what it lets through will be stopped",
                at=("exceptions", index, "expires"),
                hint=f"cure what it was for, or have '{exception.owner}' renew it in time",
            )


RULE = Rule(
    id="exception-expiring-soon",
    summary="an exception ends soon",
    severity=Severity.WARNING,
    check=check,
    references=("https://doi.org/10.6028/NIST.CSWP.29",),
)
