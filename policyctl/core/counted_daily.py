"""The counts day by day of records that an engine has counted: equal to `daily.DailyCount`'s."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time

from policyctl.core.daily import Daily, DayCount, ExceptionDay, RequestDay
from policyctl.core.decision import Detection, decide
from policyctl.core.decision_table import Cell
from policyctl.core.frozen import frozen
from policyctl.core.levels import Level
from policyctl.core.policy import Policy


@frozen
class ExceptedDay:
    """Detections of a cell that some exception lets through on one day.

    Attributes:
        key: their key if an exception names it; empty for all other keys together.
    """

    day: date
    cell: Cell
    key: str
    hits: int


@frozen
class CountedDays:
    """What an engine counts day by day.

    Attributes:
        days: in the order of `Daily`.
        excepted: what exceptions let through.
        requests: distinct requests by day and application.
    """

    days: Iterable[DayCount]
    excepted: Iterable[ExceptedDay]
    requests: Mapping[tuple[date, str], int]


def daily_of(new: Policy, counted: CountedDays) -> Daily:
    """The days that the counts make.

    Args:
        new: the policy in the stage that is asked for.
        counted: what an engine counted of the records of its applications.
    """
    requests = sorted(counted.requests.items(), key=lambda item: (item[0][1], item[0][0]))
    return Daily(
        days=tuple(counted.days),
        exceptions=_exceptions(new, counted.excepted),
        requests=tuple(
            RequestDay(day=day, app=app, requests=number) for (day, app), number in requests
        ),
    )


def _exceptions(new: Policy, excepted: Iterable[ExceptedDay]) -> tuple[ExceptionDay, ...]:
    """The hits of each exception; the definition says which of several lets a detection through."""
    hits: Counter[tuple[str, date]] = Counter()
    for item in excepted:
        decision = decide(new, _flagged(item))
        hits[decision.exception.id if decision.exception else "", item.day] += item.hits
    return tuple(
        ExceptionDay(day=day, exception=name, hits=hits[name, day]) for name, day in sorted(hits)
    )


def _flagged(item: ExceptedDay) -> Detection:
    """A detection that every guardrail of the cell flags."""
    return Detection(
        detector=item.cell.detector,
        direction=item.cell.direction,
        level=min(Level),
        app=item.cell.app,
        cohort=item.cell.cohort,
        key=item.key,
        time=datetime.combine(item.day, time(), UTC),
    )
