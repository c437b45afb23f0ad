"""Which escalation triggers of a policy have come true in the records."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from enum import Enum
from fractions import Fraction

from policyctl.core.covering import covers
from policyctl.core.criterion import at_least, at_most, counted, percent
from policyctl.core.daily import DayCount
from policyctl.core.facts import Facts, complete_days, missing_reviews
from policyctl.core.frozen import frozen
from policyctl.core.policy import Trigger
from policyctl.core.quantities import duration, share
from policyctl.core.statistics import clopper_pearson_lower, clopper_pearson_upper
from policyctl.core.tally import Tally

_DAY = timedelta(days=1)
_ERROR = 0.05
_WHEN = re.compile(
    r"(flag rate|false positives|error rate)(?: of (\S+))? above (\S+%) for ([0-9]+[hdw])\Z"
)


class Fired(Enum):
    """What the records say about a trigger."""

    FIRED = "fired"
    NOT_FIRED = "not_fired"
    UNDECIDED = "undecided"


@frozen
class TriggerState:
    """A trigger, and what the records say about it.

    Attributes:
        sentence: what is true.
        apps: the applications in which it fired.
    """

    trigger: Trigger
    state: Fired
    sentence: str
    apps: tuple[str, ...] = ()


def trigger_states(
    triggers: Iterable[Trigger], tally: Tally, facts: Facts
) -> tuple[TriggerState, ...]:
    """What the records say about each trigger.

    A rate is judged in each application by itself, over the guardrails that the trigger names
    together, on each complete day: it fires where the rate is above the limit on as many days in a
    row as the trigger says. False positives are judged over the whole sample: it fires where their
    share is above the limit with 95 % confidence.
    """
    return tuple(_state(trigger, tally, facts) for trigger in triggers)


def _state(trigger: Trigger, tally: Tally, facts: Facts) -> TriggerState:
    match = _WHEN.match(trigger.when)
    if match is None or facts.daily is None:
        said = "it is not written as triggers are" if match is None else "days were not counted"
        return TriggerState(trigger=trigger, state=Fired.UNDECIDED, sentence=said)
    kind, detector, limit, span = match.groups()
    days = -(-duration(span) // _DAY)
    dates = _dates(facts.daily.days, tally)
    if kind == "false positives":
        return _false_positives(trigger, tally, facts, detector, share(limit), days, len(dates))
    return _rate(trigger, facts.daily.days, kind, detector, share(limit), days, dates)


def _dates(days: Iterable[DayCount], tally: Tally) -> list[date]:
    """The days that lie wholly in the records: their first and last day may be cut off."""
    seen = {day.day for day in days}
    if not seen:
        return []
    first = min(seen)
    within = (first + index * _DAY for index in range(1, (max(seen) - first).days))
    return sorted({*within, *complete_days(tally)})


def _rate(
    trigger: Trigger,
    days: Iterable[DayCount],
    kind: str,
    detector: str | None,
    limit: Fraction,
    length: int,
    dates: list[date],
) -> TriggerState:
    counts: dict[str, dict[date, tuple[int, int]]] = {}
    for day in days:
        if not _concerns(detector, day.guardrail):
            continue
        y, n = counts.setdefault(day.app, {}).get(day.day, (0, 0))
        more = (day.flagged, day.evaluations)
        if kind == "error rate":
            more = (day.errors, day.evaluations + day.errors)
        counts[day.app][day.day] = y + more[0], n + more[1]
    if len(dates) < length or not counts:
        said = f"the records hold {counted(len(dates), 'complete day')}, where {length} are asked"
        said = said if counts else "nothing was evaluated that it watches"
        return TriggerState(trigger=trigger, state=Fired.UNDECIDED, sentence=said)
    runs = {app: _run(counts[app], dates, limit, length) for app in sorted(counts)}
    gaps = sum(day not in seen for seen in counts.values() for day in dates)
    longest = max(days for days, _ in runs.values())
    fired = {app: run for app, run in runs.items() if run[0] >= length}
    if fired:
        return TriggerState(
            trigger=trigger,
            state=Fired.FIRED,
            sentence=f"the {kind} was above {percent(limit)} for {_told(fired)}",
            apps=tuple(fired),
        )
    if gaps:
        said = f"{counted(gaps, 'day')} without an answer could hide it"
        return TriggerState(trigger=trigger, state=Fired.UNDECIDED, sentence=said)
    return TriggerState(
        trigger=trigger,
        state=Fired.NOT_FIRED,
        sentence=f"the {kind} was above {percent(limit)} for {counted(longest, 'day')} in a row"
        " at most"
        if longest
        else f"the {kind} was not above {percent(limit)} on any day",
    )


def _concerns(detector: str | None, guardrail: str) -> bool:
    return not detector or covers(detector, guardrail) or covers(guardrail, detector)


def _run(
    counts: dict[date, tuple[int, int]], dates: list[date], limit: Fraction, length: int
) -> tuple[int, date | None]:
    """How many days in a row the rate was above the limit, and the last of them.

    That is the latest row of at least ``length`` days, which says whether it is over; where there
    is none, the longest.
    """
    current = 0
    rows: list[tuple[int, date | None]] = [(0, None)]
    for day in dates:
        y, n = counts.get(day, (0, 0))
        current = current + 1 if n and Fraction(y, n) > limit else 0
        if current > 1:
            rows[-1] = (current, day)
        elif current:
            rows.append((current, day))
    enough = [row for row in rows if row[0] >= length]
    return enough[-1] if enough else max(rows, key=lambda row: row[0])


def _told(runs: Mapping[str, tuple[int, date | None]]) -> str:
    """The runs of applications, those that have the same one together."""
    apps: dict[tuple[int, date | None], list[str]] = {}
    for app, run in runs.items():
        apps.setdefault(run, []).append(app)
    return ", and for ".join(
        f"{counted(days, 'day')} in a row in {', '.join(names)}, last on {last}"
        for (days, last), names in apps.items()
    )


def _false_positives(
    trigger: Trigger,
    tally: Tally,
    facts: Facts,
    detector: str | None,
    limit: Fraction,
    length: int,
    complete: int,
) -> TriggerState:
    strata = [
        item for item in tally.strata if item.newly_blocked and _concerns(detector, item.guardrail)
    ]
    if complete < length or not strata:
        said = f"the records hold {counted(complete, 'complete day')}, where {length} are asked"
        said = said if strata else "nothing would be blocked that it watches"
        return TriggerState(trigger=trigger, state=Fired.UNDECIDED, sentence=said)
    lowers = {
        item.name: clopper_pearson_lower(item.false_positives, item.reviewed, _ERROR)
        for item in strata
    }
    worst = max(lowers, key=lambda name: lowers[name])
    if lowers[worst] > limit:
        apps = {item.app for item in strata if lowers[item.name] > limit}
        return TriggerState(
            trigger=trigger,
            state=Fired.FIRED,
            sentence=f"{worst}: at least {at_least(lowers[worst])} of what would be blocked is"
            " false with 95% confidence",
            apps=tuple(sorted(apps)),
        )
    upper = max(
        clopper_pearson_upper(item.false_positives + missing, item.reviewed + missing, _ERROR)
        for item, missing in ((item, missing_reviews(item, facts)) for item in strata)
    )
    if upper <= limit:
        return TriggerState(
            trigger=trigger,
            state=Fired.NOT_FIRED,
            sentence=f"at most {at_most(upper)} of what would be blocked is false",
        )
    return TriggerState(
        trigger=trigger,
        state=Fired.UNDECIDED,
        sentence=f"the reviews leave up to {at_most(upper)} possible",
    )
