"""An exception ends on a day of the calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import MAXYEAR, MINYEAR

from policyctl.core.expiry import day
from policyctl.core.finding import Severity
from policyctl.rules.rule import Problem, Rule, Subject

_MONTHS = range(1, 13)


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each exception that expires on no day of the calendar."""
    for index, item in enumerate(subject.data.get("exceptions", ())):
        if day(item["expires"]) is None:
            yield Problem(
                message=f"exception '{item['id']}' expires on '{item['expires']}',"
                " which is no day of the calendar",
                at=("exceptions", index, "expires"),
                hint=_hint(item["expires"]),
            )


def _hint(text: str) -> str:
    # Not at the top: it is slow to load, and few policies have such a date.
    from calendar import monthrange

    year, month = int(text[:4]), int(text[5:7])
    if MINYEAR <= year <= MAXYEAR and month in _MONTHS:
        last = monthrange(year, month)[1]
        return f"that month ends on '{year:04}-{month:02}-{last:02}'"
    return "write it as 'YYYY-MM-DD': year, month, day"


RULE = Rule(
    id="impossible-date",
    summary="an exception expires on no day of the calendar",
    severity=Severity.ERROR,
    check=check,
    validates=True,
)
