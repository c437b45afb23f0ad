"""Rows that engines return, as the values of the core."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from policyctl.adapters.analytics.changes_sql import kind_at, place_at
from policyctl.core.counted_daily import ExceptedDay
from policyctl.core.counted_tally import Flagged, StratumKey
from policyctl.core.daily import KINDS, DayCount
from policyctl.core.decision_table import Cell
from policyctl.core.recorded_traffic import Seen
from policyctl.core.repeats import Repeats, in_order
from policyctl.core.replay import Changed, ChangedDay, Changes, Example
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


def flagged_of(rows: Iterable[Row], strata: Sequence[StratumKey]) -> dict[StratumKey, Flagged]:
    """Decisions by stratum; rows of `changes_sql.tallied`."""
    return {
        strata[stratum]: Flagged(
            excepted=excepted,
            newly_blocked=newly,
            reviewed=reviewed,
            false_positives=false,
            unsure=unsure,
        )
        for stratum, excepted, newly, reviewed, false, unsure in rows
    }


def days_of(rows: Iterable[Row], strata: Sequence[StratumKey]) -> Iterator[DayCount]:
    """The counts of each stratum day by day, in their order; rows of `daily_sql.days`."""
    for stratum, day, *counts in _in_order(rows, strata):
        guardrail, direction, app = strata[stratum]
        evaluations, errors, flagged, reached, scope_flagged = counts[:5]
        excepted, newly, already, blocked, passed = counts[5 + KINDS :]
        yield DayCount(
            day=_day(day),
            guardrail=guardrail,
            direction=direction,
            app=app,
            evaluations=evaluations,
            errors=errors,
            flagged=flagged,
            scope_evaluations=reached,
            scope_flagged=scope_flagged,
            scope_levels=tuple(counts[5 : 5 + KINDS]),
            excepted=excepted,
            newly_blocked=newly,
            already_blocked=already,
            engine_blocked=blocked,
            engine_passed=passed,
        )


def excepted_of(rows: Iterable[Row], cells: Sequence[Cell]) -> Iterator[ExceptedDay]:
    """What exceptions let through, by cell, day and key; rows of `daily_sql.excepted`."""
    for cell, day, key, hits in rows:
        yield ExceptedDay(day=_day(day), cell=cells[cell], key=key, hits=hits)


def sample_of(
    clusters: Iterable[Row], drawn: Iterable[Row], strata: Sequence[StratumKey]
) -> tuple[StratumSample, ...]:
    """The sample of each stratum, in their order.

    Args:
        clusters: rows of `daily_sql.clusters`.
        drawn: rows of `daily_sql.drawn`, in their order.
        strata: each stratum by its number.
    """
    found: dict[int, list[Drawn]] = {}
    for stratum, place, request_id, detector, micros in drawn:
        case = Case(request_id, detector, strata[stratum][1])
        time = _EPOCH + timedelta(microseconds=int(micros))
        found.setdefault(stratum, []).append(Drawn(place=int(place), case=case, time=time))
    return tuple(
        StratumSample(
            guardrail=strata[stratum][0],
            direction=strata[stratum][1],
            app=strata[stratum][2],
            detections=int(detections),
            clusters=int(cases),
            drawn=tuple(found.get(stratum, ())),
        )
        for stratum, detections, cases in _in_order(clusters, strata)
    )


def repeats_of(rows: Iterable[Row], strata: Sequence[StratumKey]) -> tuple[Repeats, ...]:
    """The messages seen again; rows of `details_sql.REPEATS`."""
    return in_order(
        Repeats(
            guardrail=strata[stratum][0],
            direction=strata[stratum][1],
            app=strata[stratum][2],
            messages=int(messages),
            same=int(same),
        )
        for stratum, messages, same in rows
    )


def scores_of(rows: Iterable[Row], strata: Sequence[StratumKey]) -> tuple[ScoreCounts, ...]:
    """Detections by score; rows of `details_sql.SCORES`."""
    found: dict[int, list[int]] = {}
    for stratum, place, count in rows:
        counts = found.setdefault(stratum, [0] * BINS)
        counts[int(place)] = int(count)
    return scores_in_order(
        ScoreCounts(
            guardrail=strata[stratum][0],
            direction=strata[stratum][1],
            app=strata[stratum][2],
            counts=tuple(counts),
        )
        for stratum, counts in found.items()
    )


def level_counts_of(rows: Iterable[Row], strata: Sequence[StratumKey]) -> tuple[LevelCount, ...]:
    """Detections by stratum and level, in their order; rows of `changes_sql.by_level`."""
    return tuple(
        LevelCount(
            guardrail=strata[stratum][0],
            direction=strata[stratum][1],
            app=strata[stratum][2],
            level=int(level),
            detections=int(detections),
            reviewed=int(reviewed),
            false_positives=int(false),
        )
        for stratum, level, detections, reviewed, false in _in_order(rows, strata)
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
        sessions: rows of `changes_sql.sessions`.
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
        sessions={kind_at(kind): int(count) for kind, count in sessions},
    )


def _in_order(rows: Iterable[Row], strata: Sequence[StratumKey]) -> list[Row]:
    """Rows that begin with the number of a stratum, by what the numbers stand for."""
    names = sorted(range(len(strata)), key=lambda number: _order(strata[number]))
    turns = {number: turn for turn, number in enumerate(names)}
    return sorted(rows, key=lambda row: (turns[row[0]], row[1]))


def _order(stratum: StratumKey) -> tuple[str, str, str]:
    guardrail, direction, app = stratum
    return guardrail, direction.value, app


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _moment(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else _EPOCH + timedelta(microseconds=int(microseconds))
