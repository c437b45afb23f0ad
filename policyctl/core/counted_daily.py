"""The counts day by day of records that an engine has counted: equal to `daily.DailyCount`'s."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time

from policyctl.core.daily import KINDS, Daily, DayCount, ExceptionDay, RequestDay
from policyctl.core.decision import Detection, decide
from policyctl.core.decision_table import Cell, Row, table_of
from policyctl.core.frozen import frozen
from policyctl.core.levels import Level
from policyctl.core.policy import Policy
from policyctl.core.sides import Direction

DayKey = tuple[str, Direction, str, date]
"""Guardrail, direction, application, day (UTC)."""


@frozen
class DayTraffic:
    """How many records of a cell an engine found on one day (UTC) at one level.

    Attributes:
        level: 1 to 5, or None where nothing was found or no answer came.
        answered: whether the detector answered.
    """

    day: date
    cell: Cell
    level: int | None
    answered: bool
    records: int


@frozen
class DayDecisions:
    """The decisions about one stratum's detections on one day, as `DayCount` has them."""

    excepted: int
    newly_blocked: int
    already_blocked: int
    engine_blocked: int
    engine_passed: int


_NONE = DayDecisions(
    excepted=0, newly_blocked=0, already_blocked=0, engine_blocked=0, engine_passed=0
)


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
    """What an engine counts day by day."""

    traffic: Iterable[DayTraffic]
    decisions: Mapping[DayKey, DayDecisions]
    excepted: Iterable[ExceptedDay]
    requests: Mapping[tuple[date, str], int]


def daily_of(new: Policy, counted: CountedDays) -> Daily:
    """The days that the counts make.

    Args:
        new: the policy in the stage that is asked for.
        counted: what an engine counted of the records of its applications.
    """
    table = table_of(new, new.apps)
    counts: dict[DayKey, Counter[str]] = {}
    for item in counted.traffic:
        row = table.row(item.cell)
        if row is not None:
            key = (row.guardrail, item.cell.direction, item.cell.app, item.day)
            _add(counts.setdefault(key, Counter()), item, row)
    order = sorted(counts, key=lambda key: (key[0], key[1].value, key[2], key[3]))
    requests = sorted(counted.requests.items(), key=lambda item: (item[0][1], item[0][0]))
    return Daily(
        days=tuple(_day(key, counts[key], counted.decisions.get(key, _NONE)) for key in order),
        exceptions=_exceptions(new, counted.excepted),
        requests=tuple(
            RequestDay(day=day, app=app, requests=number) for (day, app), number in requests
        ),
    )


def _add(counts: Counter[str], item: DayTraffic, row: Row) -> None:
    if not item.answered:
        counts["errors"] += item.records
        return
    flagged = item.level is not None and item.level <= row.sensitivity
    counts["evaluations"] += item.records
    counts["flagged"] += item.records * flagged
    if row.reached:
        counts["scope_evaluations"] += item.records
        counts["scope_flagged"] += item.records * flagged
        counts[f"level{item.level or KINDS}"] += item.records


def _day(key: DayKey, counts: Counter[str], decided: DayDecisions) -> DayCount:
    guardrail, direction, app, day = key
    return DayCount(
        day=day,
        guardrail=guardrail,
        direction=direction,
        app=app,
        evaluations=counts["evaluations"],
        errors=counts["errors"],
        flagged=counts["flagged"],
        scope_evaluations=counts["scope_evaluations"],
        scope_flagged=counts["scope_flagged"],
        scope_levels=tuple(counts[f"level{kind}"] for kind in range(1, KINDS + 1)),
        excepted=decided.excepted,
        newly_blocked=decided.newly_blocked,
        already_blocked=decided.already_blocked,
        engine_blocked=decided.engine_blocked,
        engine_passed=decided.engine_passed,
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
