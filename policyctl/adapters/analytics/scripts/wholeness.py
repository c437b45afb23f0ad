"""Whether a script's tables fit together: what was cut off, saved twice or edited does not.

Consoles like to show, and save, the first thousand rows of a table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from typing import NoReturn

from policyctl.adapters.analytics.scripts.counts import (
    answered,
    cell_of,
    newly_blocks,
    place_of,
    stratum_of,
)
from policyctl.adapters.analytics.scripts.layout import ALIKE, SEEN_AGAIN, Part
from policyctl.adapters.analytics.scripts.result_files import ResultRow
from policyctl.adapters.analytics.scripts.results import Results, number_of
from policyctl.core.counted_tally import StratumKey
from policyctl.core.decision import Verdict
from policyctl.core.levels import Sensitivity
from policyctl.core.question import Question
from policyctl.core.replay import EXAMPLES, Kind, Place
from policyctl.errors import InputError

_SINGLE = (Part.CHECK, Part.PREFLIGHT, Part.REPEATS)
"""Parts with a query of their own for each key."""

_TOTALS_KEY = (
    *("day", "app", "cohort", "direction", "detector", "detector_version", "status", "level"),
)


def check_whole_results(results: Results, question: Question) -> None:
    """Raise `InputError` unless the tables fit together.

    Args:
        results: the tables of the question's own script.
        question: what they answer.
    """
    _check_parts(results)
    _once((tuple(row[name] for name in _TOTALS_KEY) for row in results.totals), "totals")
    if sum(number_of(row, "records") for row in results.totals) != results.records:
        _apart(f"'totals' adds up to another number than the {results.records} rows that were read")
    _check_decided(results, question)
    _check_excepted(results)
    _check_changes(results)
    _check_requests(results)
    _check_sample(results, question.size)
    _check_repeats(results)


def _check_parts(results: Results) -> None:
    """Each row says how many there are of its kind."""
    for part in Part:
        by_query: dict[Hashable, list[int]] = {}
        for row in results.of(part):
            query = (row["key"], row["level"]) if part in _SINGLE else None
            by_query.setdefault(query, []).append(number_of(row, "of_part"))
        if any(set(said) != {len(said)} for said in by_query.values()):
            _apart(f"some rows of the part '{part.value}' are missing, or there are too many")


def _check_decided(results: Results, question: Question) -> None:
    """Every hit that a policy covers was decided, and nothing else."""
    tables = question.tables()
    expected: Counter[Hashable] = Counter()
    for row in results.totals:
        level = row["level"]
        if not answered(row) or level is None or number_of(row, "level") > max(Sensitivity):
            continue
        sides = [table.row(cell_of(row)) for table in tables]
        names = [side.guardrail if side else "" for side in sides]
        if any(names):
            key = (*names, row["direction"], row["app"], row["day"], level)
            expected[key] += number_of(row, "records")
    found: Counter[Hashable] = Counter()
    for row in results.of(Part.DECIDED):
        names = [str(row["old_guardrail"]), str(row["guardrail"])]
        key = (*names, row["direction"], row["app"], row["day"], row["level"])
        found[key] += number_of(row, "n")
    if found != expected:
        _apart("the decisions are not those about the detections in 'totals'")


def _check_excepted(results: Results) -> None:
    expected: Counter[Hashable] = Counter()
    for row in results.of(Part.DECIDED):
        if row["new"] == Verdict.EXCEPTED.value:
            expected[row["app"], row["direction"], row["day"]] += number_of(row, "n")
    found: Counter[Hashable] = Counter()
    for row in results.of(Part.EXCEPTED):
        found[row["app"], row["direction"], row["day"]] += number_of(row, "n")
    if found != expected:
        _apart("what exceptions let through is counted in two ways that differ")


def _check_changes(results: Results) -> None:
    decided: Counter[Place] = Counter()
    for row in results.of(Part.DECIDED):
        if row["old"] != row["new"]:
            decided[place_of(row)] += number_of(row, "n")
    _once(((place_of(row), row["day"]) for row in results.of(Part.FIRST_HITS)), "decisions")
    first: Counter[Place] = Counter()
    for row in results.of(Part.FIRST_HITS):
        first[place_of(row)] += number_of(row, "n")
    if first.keys() != decided.keys() or any(not 0 < first[at] <= decided[at] for at in first):
        _apart("the first hits are not those of the changed decisions")
    _once((row["key"] for row in results.of(Part.SESSIONS)), "decisions")
    sessions = {Kind(row["key"]): number_of(row, "n") for row in results.of(Part.SESSIONS)}
    for kind in Kind:
        places = [count for place, count in first.items() if place.kind is kind]
        if not max(places, default=0) <= sessions.get(kind, 0) <= sum(places):
            _apart("the sessions are not those of the changed decisions")
    _check_places(
        ((place_of(row), row) for row in results.of(Part.EXAMPLE)),
        {place: min(EXAMPLES, count) for place, count in decided.items()},
    )


def _check_requests(results: Results) -> None:
    records: Counter[Hashable] = Counter()
    for row in results.totals:
        records[row["day"], row["app"]] += number_of(row, "records")
    _once(((row["day"], row["app"]) for row in results.of(Part.REQUESTS)), "decisions")
    found = {(row["day"], row["app"]): number_of(row, "n") for row in results.of(Part.REQUESTS)}
    if found.keys() != records.keys() or any(not 0 < found[at] <= records[at] for at in found):
        _apart("the requests are not those of the records")


def _check_sample(results: Results, size: int) -> None:
    newly: Counter[StratumKey] = Counter()
    for row in results.of(Part.DECIDED):
        if newly_blocks(row):
            newly[stratum_of(row)] += number_of(row, "n")
    _once((stratum_of(row) for row in results.of(Part.CLUSTERS)), "decisions")
    clusters = {stratum_of(row): number_of(row, "n") for row in results.of(Part.CLUSTERS)}
    if clusters.keys() != newly.keys() or any(not 0 < clusters[at] <= newly[at] for at in newly):
        _apart("the independent cases are not those of what is newly blocked")
    _check_places(
        ((stratum_of(row), row) for row in results.of(Part.REVIEW)),
        {stratum: min(size, count) for stratum, count in clusters.items() if size},
    )


def _check_repeats(results: Results) -> None:
    rows = results.of(Part.REPEATS)
    _once(((stratum_of(row), row["key"]) for row in rows), "decisions")
    found = {(stratum_of(row), row["key"]): number_of(row, "n") for row in rows}
    for (stratum, key), count in found.items():
        if key != SEEN_AGAIN and (key != ALIKE or count > found.get((stratum, SEEN_AGAIN), 0)):
            _apart("the messages seen again are not counted alike")


def _check_places(
    rows: Iterable[tuple[Hashable, ResultRow]], expected: Mapping[Hashable, int]
) -> None:
    found: dict[Hashable, list[int]] = {}
    for key, row in rows:
        found.setdefault(key, []).append(number_of(row, "place"))
    wanted = {key: list(range(1, count + 1)) for key, count in expected.items()}
    if {key: sorted(places) for key, places in found.items()} != wanted:
        _apart("'examples' does not name the records of what 'decisions' counts")


def _once(keys: Iterable[Hashable], table: str) -> None:
    if any(count > 1 for count in Counter(keys).values()):
        _apart(f"'{table}' counts the same twice")


def _apart(sentence: str) -> NoReturn:
    raise InputError(
        f"the results do not fit together: {sentence}",
        hint="save each table whole, not the rows that a console shows",
    )
