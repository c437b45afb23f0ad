"""What detection records hold about a change of policy, counted in one pass."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from policyctl.core.counting_place import CountingPlaces
from policyctl.core.covering import covers
from policyctl.core.decision import Detection, Verdict, decide
from policyctl.core.frozen import frozen
from policyctl.core.policy import Guardrail, Policy
from policyctl.core.record import Label, Record, Status
from policyctl.core.requests import RequestSets
from policyctl.core.sides import Direction
from policyctl.core.stages import Stage

_DAY = timedelta(days=1)
_Key = tuple[str, Direction, str]


@frozen
class Stratum:
    """The counts of one guardrail in one application.

    Attributes:
        evaluations: answers of its detectors.
        errors: errors and time-outs of its detectors, which are not answers.
        scope_evaluations: answers in the part of the traffic that the new stage acts on, whatever
            share of the keys it takes in.
        scope_errors: the same for errors and time-outs.
        flagged: detections at or above the guardrail's sensitivity.
        excepted: detections that an exception lets through under the new policy.
        newly_blocked: detections that the new policy acts on and the old one did not.
        reviewed: those of them that carry a label.
        false_positives: those of the reviewed that are false positives, unsure ones included.
        unsure: those of the false positives about which the review was unsure.
        versions: the versions seen of each detector; an unknown version is empty.
    """

    guardrail: str
    direction: Direction
    app: str
    evaluations: int = 0
    errors: int = 0
    scope_evaluations: int = 0
    scope_errors: int = 0
    flagged: int = 0
    excepted: int = 0
    newly_blocked: int = 0
    reviewed: int = 0
    false_positives: int = 0
    unsure: int = 0
    versions: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def name(self) -> str:
        """The stratum for people."""
        return f"{self.guardrail} ({self.direction.value}) in {self.app}"

    @property
    def unreviewed(self) -> int:
        """Newly blocked detections that a reviewer could still look at."""
        return self.newly_blocked - self.reviewed


@frozen
class Tally:
    """The counts of all strata, and the time that they span.

    Attributes:
        records: all records that were read.
        outside: those that no enabled guardrail covers, or of applications that the policy does
            not apply to.
        requests: distinct requests of the policy's applications, each counted once a day (UTC),
            application and cohort.
        first: time of the first answer in the part of the traffic that the new stage acts on.
        last: time of the last one.
        missing_days: days (UTC) between them on which not one answer was recorded anywhere.
        first_missing_day: the first of these, or None.
        unevaluated: guardrails, with their application where the policy names it, that the new
            stage acts on and that gave no answer there.
    """

    strata: tuple[Stratum, ...]
    records: int
    outside: int
    requests: int
    first: datetime | None
    last: datetime | None
    missing_days: int
    first_missing_day: date | None
    unevaluated: tuple[str, ...]

    @property
    def complete_days(self) -> int:
        """Days (UTC) that lie wholly between the first and the last answer."""
        if self.first is None or self.last is None:
            return 0
        midnight = datetime.combine(self.first.date(), time(), self.first.tzinfo)
        start = midnight if midnight == self.first else midnight + _DAY
        return max(0, (self.last - start) // _DAY)

    @property
    def scope_evaluations(self) -> int:
        """Answers in the part of the traffic that the new stage acts on."""
        return sum(stratum.scope_evaluations for stratum in self.strata)

    @property
    def newly_blocked(self) -> int:
        """Detections that the new policy acts on and the old one did not."""
        return sum(stratum.newly_blocked for stratum in self.strata)

    @property
    def reviewed(self) -> int:
        """Newly blocked detections that carry a label."""
        return sum(stratum.reviewed for stratum in self.strata)


def tally(
    records: Iterable[Record], old: Policy, new: Policy, requests: RequestSets | None = None
) -> Tally:
    """Count what would change for the recorded traffic.

    Args:
        records: in any order; the counts do not depend on it.
        old: the policy in its present stage.
        new: the same policy in the stage that is asked for.
        requests: the requests of the records, where somebody before has to know them as well.
    """
    count = _Count(old, new, requests)
    for record in records:
        count.add(record)
    return count.result()


class _Count:
    def __init__(self, old: Policy, new: Policy, requests: RequestSets | None) -> None:
        self._old, self._new = old, new
        self._places = CountingPlaces(new)
        self._cells: defaultdict[_Key, Counter[str]] = defaultdict(Counter)
        self._versions: defaultdict[_Key, set[tuple[str, str]]] = defaultdict(set)
        self._records = self._outside = 0
        self._requests = RequestSets() if requests is None else requests
        self._adds_requests = requests is None
        self._days: set[date] = set()
        self._first: datetime | None = None
        self._last: datetime | None = None

    def add(self, record: Record) -> None:
        self._records += 1
        if self._new.apps and record.app not in self._new.apps:
            self._outside += 1
            return
        if self._adds_requests:
            self._requests.add(record)
        place = self._places.of(record)
        if place is None:
            self._outside += 1
            return
        guardrail = place.guardrail
        key = (guardrail.detector, guardrail.direction, record.app)
        cell = self._cells[key]
        if record.status is not Status.OK:
            cell["errors"] += 1
            cell["scope_errors"] += place.reached
            return
        cell["evaluations"] += 1
        cell["scope_evaluations"] += place.reached
        self._versions[key].add((record.detector, record.detector_version))
        self._add_time(record.time, in_reach=place.reached)
        if record.level is not None and guardrail.sensitivity.flags(record.level):
            cell["flagged"] += 1
            self._add_decision(cell, record, record.detection)

    def _add_time(self, moment: datetime, *, in_reach: bool) -> None:
        self._days.add(moment.date())
        if not in_reach:
            return
        if self._first is None or moment < self._first:
            self._first = moment
        if self._last is None or moment > self._last:
            self._last = moment

    def _add_decision(self, cell: Counter[str], record: Record, detection: Detection) -> None:
        verdict = decide(self._new, detection).verdict
        cell["excepted"] += verdict is Verdict.EXCEPTED
        if not verdict.acts or decide(self._old, detection).verdict.acts:
            return
        cell["newly_blocked"] += 1
        cell["reviewed"] += record.label is not None
        cell["false_positives"] += record.label in (Label.FALSE_POSITIVE, Label.UNSURE)
        cell["unsure"] += record.label is Label.UNSURE

    def result(self) -> Tally:
        missing, first_missing = missing_days(self._first, self._last, self._days)
        evaluated = {key for key, cell in self._cells.items() if cell["scope_evaluations"]}
        return Tally(
            strata=tuple(
                self._stratum(key)
                for key in sorted(self._cells, key=lambda key: (key[0], key[1].value, key[2]))
            ),
            records=self._records,
            outside=self._outside,
            requests=self._requests.total,
            first=self._first,
            last=self._last,
            missing_days=missing,
            first_missing_day=first_missing,
            unevaluated=unevaluated(self._new, evaluated),
        )

    def _stratum(self, key: tuple[str, Direction, str]) -> Stratum:
        guardrail, direction, app = key
        cell = self._cells[key]
        versions: dict[str, list[str]] = {}
        for detector, version in sorted(self._versions[key]):
            versions.setdefault(detector, []).append(version)
        return Stratum(
            guardrail=guardrail,
            direction=direction,
            app=app,
            evaluations=cell["evaluations"],
            errors=cell["errors"],
            scope_evaluations=cell["scope_evaluations"],
            scope_errors=cell["scope_errors"],
            flagged=cell["flagged"],
            excepted=cell["excepted"],
            newly_blocked=cell["newly_blocked"],
            reviewed=cell["reviewed"],
            false_positives=cell["false_positives"],
            unsure=cell["unsure"],
            versions=tuple((name, tuple(found)) for name, found in versions.items()),
        )


def missing_days(
    first: datetime | None, last: datetime | None, days: Iterable[date]
) -> tuple[int, date | None]:
    """How many days between two moments are not among ``days``, and the first such gap."""
    if first is None or last is None:
        return 0, None
    start, end = first.date(), last.date()
    seen = sorted(day for day in days if start <= day <= end)
    gaps = (day + _DAY for day, following in pairwise(seen) if following - day > _DAY)
    return (end - start).days + 1 - len(seen), next(gaps, None)


def unevaluated(new: Policy, evaluated: Collection[tuple[str, Direction, str]]) -> tuple[str, ...]:
    """The guardrails that the new stage acts on and that gave no answer there.

    Args:
        new: the policy in the stage that is asked for.
        evaluated: guardrail, direction and application of every stratum that gave one.
    """
    limited = new.limited if new.stage is Stage.LIMITED else None
    apps = (limited.apps if limited else ()) or new.apps
    names = []
    for guardrail in new.guardrails:
        if not _can_act(new, guardrail):
            continue
        pair = (guardrail.detector, guardrail.direction)
        seen = {key[2] for key in evaluated if key[:2] == pair}
        name = f"{guardrail.detector} ({guardrail.direction.value})"
        names += [f"{name} in {app}" for app in apps if app not in seen]
        names += [name] if not apps and not seen else []
    return tuple(sorted(names))


def _can_act(new: Policy, guardrail: Guardrail) -> bool:
    limited = new.limited
    if not guardrail.enabled or new.stage is Stage.LOGGING:
        return False
    if new.stage is Stage.ENFORCE:
        return True
    return limited is not None and (
        not limited.guardrails
        or any(
            covers(name, guardrail.detector) or covers(guardrail.detector, name)
            for name in limited.guardrails
        )
    )
