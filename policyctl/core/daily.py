"""What detection records hold day by day, for whether behaviour is stable.

Each count is one of a GROUP BY: `DayCount` by day, guardrail, direction and application;
`ExceptionDay` by day and exception; `RequestDay` by day and application. They are independent of
the order of the records.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby

from policyctl.core.counting_place import CountingPlaces
from policyctl.core.decision import Decision, Detection, Verdict, decide
from policyctl.core.frozen import frozen
from policyctl.core.levels import Level
from policyctl.core.policy import Policy
from policyctl.core.record import Record, Status
from policyctl.core.requests import RequestSets
from policyctl.core.sides import Direction

KINDS = 6
"""Levels 1 to 5, and no level at all."""

_LEVEL_COUNTS: dict[Level | None, str] = {**{level: level.label for level in Level}, None: "none"}


@frozen
class DayCount:
    """The counts of one guardrail in one application on one day (UTC).

    Attributes:
        evaluations: answers of its detectors.
        errors: errors and time-outs of its detectors.
        flagged: detections at or above the guardrail's sensitivity.
        scope_evaluations: answers where the new stage acts, whatever share of the keys it takes in.
        scope_flagged: detections at or above the sensitivity there.
        scope_levels: answers there by level, 1 to 5, and those without one.
        excepted: detections that an exception lets through under the new policy.
        newly_blocked: detections that the new policy acts on and the old one did not.
        already_blocked: detections that the old policy acts on.
        engine_blocked: those of them that the engine blocked.
        engine_passed: those of them that the engine let through.
    """

    day: date
    guardrail: str
    direction: Direction
    app: str
    evaluations: int = 0
    errors: int = 0
    flagged: int = 0
    scope_evaluations: int = 0
    scope_flagged: int = 0
    scope_levels: tuple[int, ...] = (0,) * KINDS
    excepted: int = 0
    newly_blocked: int = 0
    already_blocked: int = 0
    engine_blocked: int = 0
    engine_passed: int = 0

    @property
    def stratum(self) -> tuple[str, Direction, str]:
        """What the days of one guardrail in one application share."""
        return self.guardrail, self.direction, self.app


@frozen
class ExceptionDay:
    """How many flagged detections one exception let through on one day (UTC)."""

    day: date
    exception: str
    hits: int


@frozen
class RequestDay:
    """How many distinct requests of one application have records on one day (UTC)."""

    day: date
    app: str
    requests: int


@frozen
class Daily:
    """The counts of all days, sorted by guardrail, direction, application and day."""

    days: tuple[DayCount, ...] = ()
    exceptions: tuple[ExceptionDay, ...] = ()
    requests: tuple[RequestDay, ...] = ()

    def requests_of(self, app: str) -> int:
        """Distinct requests of an application: one that goes on after midnight counts twice."""
        return sum(item.requests for item in self.requests if item.app == app)

    def strata(self) -> Iterator[tuple[tuple[str, Direction, str], tuple[DayCount, ...]]]:
        """The days of each guardrail in each application, in order."""
        for key, days in groupby(self.days, key=lambda item: item.stratum):
            yield key, tuple(days)


class DailyCount:
    """Counts records while they pass by, so that they are read once."""

    def __init__(self, old: Policy, new: Policy) -> None:
        """Prepare to count.

        Args:
            old: the policy in its present stage.
            new: the same policy in the stage that is asked for.
        """
        self._old, self._new = old, new
        self._places = CountingPlaces(new)
        self._cells: defaultdict[tuple[str, Direction, str, date], Counter[str]] = defaultdict(
            Counter
        )
        self._hits: Counter[tuple[date, str]] = Counter()
        self.requests = RequestSets()

    def passing(self, records: Iterable[Record]) -> Iterator[Record]:
        """The records, each counted before it goes on."""
        for record in records:
            self.add(record)
            yield record

    def add(self, record: Record) -> None:
        """Count one record."""
        if self._new.apps and record.app not in self._new.apps:
            return
        day = self.requests.add(record)
        place = self._places.of(record)
        if place is None:
            return
        guardrail = place.guardrail
        cell = self._cells[guardrail.detector, guardrail.direction, record.app, day]
        if record.status is not Status.OK:
            cell["errors"] += 1
            return
        flagged = record.level is not None and guardrail.sensitivity.flags(record.level)
        cell["evaluations"] += 1
        cell["flagged"] += flagged
        if place.reached:
            cell["scope_evaluations"] += 1
            cell["scope_flagged"] += flagged
            cell[_LEVEL_COUNTS[record.level]] += 1
        if flagged:
            self._add_decision(cell, record, record.detection)

    def _add_decision(self, cell: Counter[str], record: Record, detection: Detection) -> None:
        decision = decide(self._new, detection)
        if decision.verdict is Verdict.EXCEPTED:
            cell["excepted"] += 1
            self._hits[record.time.date(), _name(decision)] += 1
        if decide(self._old, detection).verdict.acts:
            cell["already_blocked"] += 1
            cell["engine_blocked"] += record.blocked is True
            cell["engine_passed"] += record.blocked is False
        elif decision.verdict.acts:
            cell["newly_blocked"] += 1

    def result(self) -> Daily:
        """The counts of what has passed by."""
        order = sorted(self._cells, key=lambda key: (key[0], key[1].value, key[2], key[3]))
        return Daily(
            days=tuple(_day(key, self._cells[key]) for key in order),
            exceptions=tuple(
                ExceptionDay(day=day, exception=name, hits=self._hits[day, name])
                for day, name in sorted(self._hits, key=lambda key: (key[1], key[0]))
            ),
            requests=tuple(
                RequestDay(day=day, app=app, requests=count)
                for app, day, count in self.requests.counts()
            ),
        )


def _name(decision: Decision) -> str:
    return decision.exception.id if decision.exception else ""


def _day(key: tuple[str, Direction, str, date], cell: Counter[str]) -> DayCount:
    guardrail, direction, app, day = key
    return DayCount(
        day=day,
        guardrail=guardrail,
        direction=direction,
        app=app,
        evaluations=cell["evaluations"],
        errors=cell["errors"],
        flagged=cell["flagged"],
        scope_evaluations=cell["scope_evaluations"],
        scope_flagged=cell["scope_flagged"],
        scope_levels=tuple(cell[count] for count in _LEVEL_COUNTS.values()),
        excepted=cell["excepted"],
        newly_blocked=cell["newly_blocked"],
        already_blocked=cell["already_blocked"],
        engine_blocked=cell["engine_blocked"],
        engine_passed=cell["engine_passed"],
    )
