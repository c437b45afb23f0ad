"""The counts of a script's results, as the core takes them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta

from policyctl.adapters.analytics.results import Row, seen_of
from policyctl.adapters.analytics.scripts.days import DayDecisions, DayKey, DayTraffic
from policyctl.adapters.analytics.scripts.layout import ALIKE, SEEN_AGAIN, Part
from policyctl.adapters.analytics.scripts.result_files import ResultRow
from policyctl.adapters.analytics.scripts.results import Results, day_of, number_of, texts_of
from policyctl.core.counted_daily import ExceptedDay
from policyctl.core.counted_tally import Flagged, StratumKey
from policyctl.core.decision import Verdict
from policyctl.core.decision_table import Cell, DecisionTable
from policyctl.core.record import Label, Status
from policyctl.core.recorded_traffic import Seen
from policyctl.core.repeats import Repeats, in_order
from policyctl.core.replay import Changed, ChangedDay, Changes, Example, Kind, Place
from policyctl.core.review_sample import Case, Drawn, StratumSample
from policyctl.core.sensitivity_choice import LevelCount
from policyctl.core.sides import Direction

_CELL = ("app", "cohort", "direction", "detector")
_PLACE = ("guardrail", "direction", "app", "old", "new")
_FALSE = (Label.FALSE_POSITIVE.value, Label.UNSURE.value)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def cell_of(row: ResultRow) -> Cell:
    """The cell of a row."""
    app, cohort, direction, detector = texts_of(row, *_CELL)
    return Cell(app=app, cohort=cohort, direction=Direction(direction), detector=detector)


def place_of(row: ResultRow) -> Place:
    """Where the decisions of a row changed, if they did."""
    new = Verdict(str(row["new"]))
    guardrail = row["guardrail"]
    if row["part"] == Part.DECIDED.value and new is Verdict.ALLOW:
        guardrail = row["old_guardrail"]
    return Place(
        guardrail=str(guardrail),
        direction=Direction(str(row["direction"])),
        app=str(row["app"]),
        old=Verdict(str(row["old"])),
        new=new,
    )


def stratum_of(row: ResultRow) -> StratumKey:
    """The stratum of a row."""
    guardrail, direction, app = texts_of(row, "guardrail", "direction", "app")
    return guardrail, Direction(direction), app


def newly_blocks(row: ResultRow) -> bool:
    """Whether a row counts what the change newly blocks."""
    old, new = Verdict(str(row["old"])), Verdict(str(row["new"]))
    return row["guardrail"] != "" and new.acts and not old.acts


def seen_in(totals: Iterable[ResultRow]) -> dict[Cell, Seen]:
    """What was recorded in each cell."""
    found: dict[Cell, list[ResultRow]] = {}
    for row in totals:
        found.setdefault(cell_of(row), []).append(row)
    return seen_of(_summed(cell, rows) for cell, rows in found.items())


def _summed(cell: Cell, rows: Iterable[ResultRow]) -> Row:
    answers = [row for row in rows if answered(row)]
    errors = sum(number_of(row, "records") for row in rows if not answered(row))
    levels = [row["level"] for row in answers if row["level"] is not None]
    return (
        *(cell.app, cell.cohort, cell.direction.value, cell.detector),
        sum(number_of(row, "records") for row in answers),
        errors,
        max(levels, default=None),
        min((number_of(row, "first_us") for row in answers), default=None),
        max((number_of(row, "last_us") for row in answers), default=None),
    )


def answered(row: ResultRow) -> bool:
    """Whether the records of a row of totals are answers."""
    return row["status"] == Status.OK.value


def levels_in(totals: Iterable[ResultRow]) -> Mapping[tuple[Cell, int], int]:
    """Detections by cell and level."""
    found: Counter[tuple[Cell, int]] = Counter()
    for row in totals:
        if answered(row) and row["level"] is not None:
            found[cell_of(row), number_of(row, "level")] += number_of(row, "records")
    return found


def versions_in(totals: Iterable[ResultRow]) -> dict[Cell, set[str]]:
    """The versions of each cell's detector."""
    found: dict[Cell, set[str]] = {}
    for row in totals:
        if answered(row):
            found.setdefault(cell_of(row), set()).add(str(row["detector_version"]))
    return found


def days_in(totals: Iterable[ResultRow], table: DecisionTable) -> set[date]:
    """The days on which a detector answered that the policy covers."""
    return {day_of(row) for row in totals if answered(row) and table.row(cell_of(row))}


def traffic_in(totals: Iterable[ResultRow]) -> Iterator[DayTraffic]:
    """Records by cell, day, level and whether they are answers."""
    for row in totals:
        yield DayTraffic(
            day=day_of(row),
            cell=cell_of(row),
            level=None if row["level"] is None else number_of(row, "level"),
            answered=answered(row),
            records=number_of(row, "records"),
        )


def flagged_in(decided: Iterable[ResultRow]) -> dict[StratumKey, Flagged]:
    """Decisions by stratum."""
    counts: dict[StratumKey, Counter[str]] = {}
    for row in decided:
        if row["guardrail"]:
            _add_decisions(counts.setdefault(stratum_of(row), Counter()), row)
    return {
        key: Flagged(
            excepted=count["excepted"],
            newly_blocked=count["newly"],
            reviewed=count["reviewed"],
            false_positives=count["false"],
            unsure=count["unsure"],
        )
        for key, count in counts.items()
    }


def decisions_in(decided: Iterable[ResultRow]) -> dict[DayKey, DayDecisions]:
    """Decisions by stratum and day."""
    counts: dict[DayKey, Counter[str]] = {}
    for row in decided:
        if row["guardrail"] and row["new"] != Verdict.ALLOW.value:
            key = (*stratum_of(row), day_of(row))
            _add_decisions(counts.setdefault(key, Counter()), row)
    return {
        key: DayDecisions(
            excepted=count["excepted"],
            newly_blocked=count["newly"],
            already_blocked=count["already"],
            engine_blocked=count["already true"],
            engine_passed=count["already false"],
        )
        for key, count in counts.items()
    }


def _add_decisions(count: Counter[str], row: ResultRow) -> None:
    hits = number_of(row, "n")
    count["excepted"] += hits * (row["new"] == Verdict.EXCEPTED.value)
    if Verdict(str(row["old"])).acts:
        count["already"] += hits
        count[f"already {row['blocked']}"] += hits
    if newly_blocks(row):
        count["newly"] += hits
        count["reviewed"] += hits * (row["label"] != "")
        count["false"] += hits * (row["label"] in _FALSE)
        count["unsure"] += hits * (row["label"] == Label.UNSURE.value)


def excepted_in(rows: Iterable[ResultRow]) -> Iterator[ExceptedDay]:
    """What exceptions let through, by cell, day and key."""
    for row in rows:
        yield ExceptedDay(
            day=day_of(row), cell=cell_of(row), key=str(row["key"]), hits=number_of(row, "n")
        )


def requests_in(rows: Iterable[ResultRow]) -> dict[tuple[date, str], int]:
    """Distinct requests by day and application."""
    return {(day_of(row), str(row["app"])): number_of(row, "n") for row in rows}


def changes_in(results: Results) -> Changes:
    """The changed decisions."""
    days: dict[Place, dict[date, Counter[str]]] = {}
    for row in results.of(Part.DECIDED):
        if row["old"] != row["new"]:
            count = days.setdefault(place_of(row), {}).setdefault(day_of(row), Counter())
            hits = number_of(row, "n")
            count["events"] += hits
            count["true"] += hits * (row["label"] == Label.TRUE_POSITIVE.value)
            count["false"] += hits * (row["label"] in _FALSE)
            count["unsure"] += hits * (row["label"] == Label.UNSURE.value)
    first = {
        (place_of(row), day_of(row)): number_of(row, "n") for row in results.of(Part.FIRST_HITS)
    }
    examples: dict[Place, list[ResultRow]] = {}
    for row in results.of(Part.EXAMPLE):
        examples.setdefault(place_of(row), []).append(row)
    return Changes(
        changed=tuple(
            Changed(
                place=place,
                days=tuple(_day(day, counts, first.get((place, day), 0)) for day, counts in found),
                examples=tuple(map(_example, _in_order(examples.get(place, ())))),
            )
            for place, found in ((place, sorted(found.items())) for place, found in days.items())
        ),
        sessions={Kind(row["key"]): number_of(row, "n") for row in results.of(Part.SESSIONS)},
    )


def _day(day: date, counts: Counter[str], first_hits: int) -> ChangedDay:
    return ChangedDay(
        day=day,
        events=counts["events"],
        first_hits=first_hits,
        true_positives=counts["true"],
        false_positives=counts["false"],
        unsure=counts["unsure"],
    )


def _example(row: ResultRow) -> Example:
    return Example(request_id=str(row["request_id"]), detector=str(row["detector"]))


def sample_in(results: Results) -> tuple[StratumSample, ...]:
    """The sample of each stratum, in their order."""
    newly: Counter[StratumKey] = Counter()
    for row in results.of(Part.DECIDED):
        if newly_blocks(row):
            newly[stratum_of(row)] += number_of(row, "n")
    clusters = {stratum_of(row): number_of(row, "n") for row in results.of(Part.CLUSTERS)}
    drawn: dict[StratumKey, list[ResultRow]] = {}
    for row in results.of(Part.REVIEW):
        drawn.setdefault(stratum_of(row), []).append(row)
    order = sorted(newly, key=lambda key: (key[0], key[1].value, key[2]))
    return tuple(
        StratumSample(
            guardrail=key[0],
            direction=key[1],
            app=key[2],
            detections=newly[key],
            clusters=clusters.get(key, 0),
            drawn=tuple(map(_drawn, _in_order(drawn.get(key, ())))),
        )
        for key in order
    )


def _drawn(row: ResultRow) -> Drawn:
    request_id, detector = texts_of(row, "request_id", "detector")
    return Drawn(
        place=number_of(row, "place"),
        case=Case(request_id, detector, Direction(str(row["direction"]))),
        time=_EPOCH + timedelta(microseconds=number_of(row, "micros")),
    )


def _in_order(rows: Iterable[ResultRow]) -> list[ResultRow]:
    return sorted(rows, key=lambda row: number_of(row, "place"))


def repeats_in(rows: Iterable[ResultRow]) -> tuple[Repeats, ...]:
    """The messages seen again."""
    found = {(stratum_of(row), row["key"]): number_of(row, "n") for row in rows}
    return in_order(
        Repeats(
            guardrail=stratum[0],
            direction=stratum[1],
            app=stratum[2],
            messages=messages,
            same=found.get((stratum, ALIKE), 0),
        )
        for (stratum, key), messages in found.items()
        if key == SEEN_AGAIN
    )


def level_counts_in(decided: Iterable[ResultRow]) -> tuple[LevelCount, ...]:
    """The new policy's detections by stratum and level, in their order."""
    counts: dict[tuple[str, str, str, int], Counter[str]] = {}
    for row in decided:
        if not row["guardrail"] or row["excepted"] == "true":
            continue
        guardrail, direction, app = texts_of(row, "guardrail", "direction", "app")
        count = counts.setdefault((guardrail, direction, app, number_of(row, "level")), Counter())
        hits = number_of(row, "n")
        count["detections"] += hits
        count["reviewed"] += hits * (row["label"] != "")
        count["false"] += hits * (row["label"] in _FALSE)
    return tuple(
        LevelCount(
            guardrail=guardrail,
            direction=Direction(direction),
            app=app,
            level=level,
            detections=count["detections"],
            reviewed=count["reviewed"],
            false_positives=count["false"],
        )
        for (guardrail, direction, app, level), count in sorted(counts.items())
    )
