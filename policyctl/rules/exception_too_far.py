"""An exception ends while somebody still remembers why it was made."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from policyctl.core.expiry import days_left
from policyctl.core.finding import Severity
from policyctl.rules.history import in_days
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each exception that ends later than the settings allow."""
    if subject.now is None:
        return
    longest = subject.settings.exception_longest
    for index, exception in subject.standing:
        left = timedelta(days=days_left(exception.expires, subject.now))
        if left > longest:
            last = (subject.now + longest).date()
            yield Problem(
                message=f"exception '{exception.id}' ends in {in_days(left)},"
                f" and {in_days(longest)} are the limit",
                at=("exceptions", index, "expires"),
                hint=f"let it end on {last} or before, and renew it then if it is still needed",
            )


RULE = Rule(
    id="exception-too-far",
    summary="an exception ends later than the limit",
    severity=Severity.WARNING,
    check=check,
    references=("https://doi.org/10.6028/NIST.CSWP.29",),
)
