"""The days of evidence, added up from a script's results; others add them up themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

from policyctl.core.daily import KINDS, DayCount
from policyctl.core.decision_table import Cell, Row, table_of
from policyctl.core.frozen import frozen
from policyctl.core.policy import Policy
from policyctl.core.sides import Direction

DayKey = tuple[str, Direction, str, date]
"""Guardrail, direction, application, day (UTC)."""


@frozen
class DayTraffic:
    """How many records of a cell there are on one day (UTC) at one level.

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


def day_counts(
    new: Policy, traffic: Iterable[DayTraffic], decisions: Mapping[DayKey, DayDecisions]
) -> tuple[DayCount, ...]:
    """The days of each stratum, in the order of `core.daily.Daily`.

    Args:
        new: the policy in the stage that is asked for.
        traffic: the records of its applications.
        decisions: what becomes of those that it flags.
    """
    table = table_of(new, new.apps)
    counts: dict[DayKey, Counter[str]] = {}
    for item in traffic:
        row = table.row(item.cell)
        if row is not None:
            key = (row.guardrail, item.cell.direction, item.cell.app, item.day)
            _add(counts.setdefault(key, Counter()), item, row)
    order = sorted(counts, key=lambda key: (key[0], key[1].value, key[2], key[3]))
    return tuple(_day(key, counts[key], decisions.get(key, _NONE)) for key in order)


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
