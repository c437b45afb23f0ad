"""Rows that engines return, as the values of the core."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from policyctl.adapters.analytics.changes_sql import place_at
from policyctl.core.counted_daily import DayDecisions, DayKey, DayTraffic, ExceptedDay
from policyctl.core.counted_tally import Flagged, StratumKey
from policyctl.core.decision_table import Cell
from policyctl.core.record import Status
from policyctl.core.recorded_traffic import Seen
from policyctl.core.repeats import Repeats, in_order
from policyctl.core.replay import Changed, ChangedDay, Changes, Example, Kind
from policyctl.core.review_sample import Case, Drawn, StratumSample
from policyctl.core.scores import BINS, ScoreCounts, scores_in_order
from policyctl.core.sensitivity_choice import LevelCount
from policyctl.core.sides import Direction

Row = tuple[Any, ...]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CELL = 4


def cell_of(row: Row) -> Cell:
    """The cell that a row begins with."""
    app, cohort, direction, detector = row[:_CELL]
    return Cell(app=app, cohort=cohort, direction=Direction(direction), detector=detector)


def seen_of(rows: Iterable[Row]) -> dict[Cell, Seen]:
    """What was recorded in each cell."""
    return {
        cell_of(row): Seen(
            evaluations=int(row[4]),
            errors=int(row[5]),
            deepest=int(row[6] or 0),
            first=_moment(row[7]),
            last=_moment(row[8]),
        )
        for row in rows
    }


def levels_of(rows: Iterable[Row]) -> dict[tuple[Cell, int], int]:
    """Detections by cell and level."""
    return {(cell_of(row), int(row[4])): int(row[5]) for row in rows}


def versions_of(rows: Iterable[Row]) -> dict[Cell, list[str]]:
    """The versions of each cell's detector."""
    found: dict[Cell, list[str]] = {}
    for row in rows:
        found.setdefault(cell_of(row), []).append(row[4])
    return found


def flagged_of(rows: Iterable[Row]) -> dict[StratumKey, Flagged]:
    """Decisions by stratum."""
    return {
        (row[0], Direction(row[1]), row[2]): Flagged(
            excepted=int(row[3]),
            newly_blocked=int(row[4]),
            reviewed=int(row[5]),
            false_positives=int(row[6]),
            unsure=int(row[7]),
        )
        for row in rows
    }


def days_of(rows: Iterable[Row]) -> Iterator[DayTraffic]:
    """Records by cell, day, level and whether they are answers; rows of `daily_sql.TRAFFIC`."""
    for row in rows:
        yield DayTraffic(
            day=_day(row[4]),
            cell=cell_of(row),
            level=None if row[5] is None else int(row[5]),
            answered=row[6] == Status.OK.value,
            records=int(row[7]),
        )


def decisions_of(rows: Iterable[Row]) -> dict[DayKey, DayDecisions]:
    """Decisions by stratum and day; rows of `daily_sql.decisions`."""
    return {
        (row[0], Direction(row[1]), row[2], _day(row[3])): DayDecisions(
            excepted=int(row[4]),
            newly_blocked=int(row[5]),
            already_blocked=int(row[6]),
            engine_blocked=int(row[7]),
            engine_passed=int(row[8]),
        )
        for row in rows
    }


def excepted_of(rows: Iterable[Row]) -> Iterator[ExceptedDay]:
    """What exceptions let through, by cell, day and key; rows of `daily_sql.excepted`."""
    for row in rows:
        yield ExceptedDay(day=_day(row[4]), cell=cell_of(row), key=row[5], hits=int(row[6]))


def sample_of(clusters: Iterable[Row], drawn: Iterable[Row]) -> tuple[StratumSample, ...]:
    """The sample of each stratum, in their order.

    Args:
        clusters: rows of `daily_sql.clusters`.
        drawn: rows of `daily_sql.drawn`, in their order.
    """
    found: dict[Row, list[Drawn]] = {}
    for row in drawn:
        stratum, (place, request_id, detector, micros) = row[:3], row[3:]
        case = Case(request_id, detector, Direction(row[1]))
        time = _EPOCH + timedelta(microseconds=int(micros))
        found.setdefault(stratum, []).append(Drawn(place=int(place), case=case, time=time))
    return tuple(
        StratumSample(
            guardrail=guardrail,
            direction=Direction(direction),
            app=app,
            detections=int(detections),
            clusters=int(cases),
            drawn=tuple(found.get((guardrail, direction, app), ())),
        )
        for guardrail, direction, app, detections, cases in sorted(clusters)
    )


def repeats_of(rows: Iterable[Row]) -> tuple[Repeats, ...]:
    """The messages seen again; rows of `details_sql.REPEATS`."""
    return in_order(
        Repeats(
            guardrail=guardrail,
            direction=Direction(direction),
            app=app,
            messages=int(messages),
            same=int(same),
        )
        for guardrail, direction, app, messages, same in rows
    )


def scores_of(rows: Iterable[Row]) -> tuple[ScoreCounts, ...]:
    """Detections by score; rows of `details_sql.SCORES`."""
    found: dict[Row, list[int]] = {}
    for guardrail, direction, app, place, count in rows:
        counts = found.setdefault((guardrail, direction, app), [0] * BINS)
        counts[int(place)] = int(count)
    return scores_in_order(
        ScoreCounts(
            guardrail=guardrail, direction=Direction(direction), app=app, counts=tuple(counts)
        )
        for (guardrail, direction, app), counts in found.items()
    )


def level_counts_of(rows: Iterable[Row]) -> tuple[LevelCount, ...]:
    """Detections by stratum and level, in their order."""
    return tuple(
        LevelCount(
            guardrail=guardrail,
            direction=Direction(direction),
            app=app,
            level=int(level),
            detections=int(detections),
            reviewed=int(reviewed),
            false_positives=int(false),
        )
        for guardrail, direction, app, level, detections, reviewed, false in sorted(rows)
    )


def changes_of(
    summary: Iterable[Row],
    sessions: Iterable[Row],
    examples: Iterable[Row],
    strata: Sequence[StratumKey],
) -> Changes:
    """The changed decisions.

    Args:
        summary: rows of `changes_sql.summary`.
        sessions: rows of `changes_sql.SESSIONS`.
        examples: rows of `changes_sql.examples`.
        strata: each stratum by its number.
    """
    days: dict[int, list[ChangedDay]] = {}
    for place, day, events, first_hits, true, false, unsure in summary:
        days.setdefault(place, []).append(
            ChangedDay(
                day=_day(day),
                events=events,
                first_hits=first_hits,
                true_positives=true,
                false_positives=false,
                unsure=unsure,
            )
        )
    named: dict[int, list[Example]] = {}
    for place, request_id, detector in examples:
        example = Example(request_id=request_id, detector=detector)
        named.setdefault(place, []).append(example)
    return Changes(
        changed=tuple(
            Changed(
                place=place_at(place, strata),
                days=tuple(found),
                examples=tuple(named.get(place, ())),
            )
            for place, found in days.items()
        ),
        sessions={Kind(kind): int(count) for kind, count in sessions},
    )


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _moment(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else _EPOCH + timedelta(microseconds=int(microseconds))
