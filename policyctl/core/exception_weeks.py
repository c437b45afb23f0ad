"""How much each exception lets through, week by week."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from policyctl.core.equivalence import RateRatio, dispersion, rate_ratio
from policyctl.core.facts import Facts, complete_days
from policyctl.core.frozen import frozen
from policyctl.core.tally import Tally

_WEEK = 7
_ERROR = 0.05
_HALF = 0.5


@frozen
class ExceptionWeeks:
    """The hits of one exception in the complete weeks, the last of which ends the records.

    Attributes:
        hits: detections that it let through in each week, the oldest first.
        ratio: its hits for each evaluation in the last week over those before; None without two
            weeks in which something was evaluated, and where it was never needed.
    """

    exception: str
    hits: tuple[int, ...]
    ratio: RateRatio | None


def exception_weeks(tally: Tally, facts: Facts) -> tuple[ExceptionWeeks, ...]:
    """The weeks of each exception of the policy, and of any other one that let something through.

    Days are those on which the new stage acts, as for the stability of guardrails.
    """
    if facts.daily is None:
        return ()
    dates = complete_days(tally)
    count = len(dates) // _WEEK
    dates = dates[len(dates) - count * _WEEK :]
    evaluations: Counter[date] = Counter()
    for day in facts.daily.days:
        evaluations[day.day] += day.evaluations
    hits: dict[str, Counter[date]] = {name: Counter() for name in facts.exceptions}
    for item in facts.daily.exceptions:
        hits.setdefault(item.exception, Counter())[item.day] += item.hits
    return tuple(_weeks(name, hits[name], evaluations, dates) for name in sorted(hits))


def _weeks(
    name: str, hits: Counter[date], evaluations: Counter[date], dates: Sequence[date]
) -> ExceptionWeeks:
    days = [(hits[day], evaluations[day]) for day in dates]
    weeks = [days[start : start + _WEEK] for start in range(0, len(days), _WEEK)]
    return ExceptionWeeks(
        exception=name,
        hits=tuple(sum(count for count, _ in week) for week in weeks),
        ratio=_ratio(days) if len(weeks) > 1 else None,
    )


def _ratio(days: Sequence[tuple[int, int]]) -> RateRatio | None:
    """Half a hit more on each side, so that a week without any can be compared."""
    parts = days[:-_WEEK], days[-_WEEK:]
    (old, before), (new, after) = (
        (sum(count for count, _ in part), sum(total for _, total in part)) for part in parts
    )
    if not (old or new) or not (before and after):
        return None
    return rate_ratio(
        (old + _HALF, before), (new + _HALF, after), factor=_unevenness(parts), alpha=_ERROR
    )


def _unevenness(parts: Sequence[Sequence[tuple[int, int]]]) -> float:
    """How unevenly hits come within each of the times, apart from what changed between them."""
    value, freedom = 0.0, 0
    for part in parts:
        used = [day for day in part if day[1]]
        if len(used) > 1:
            found = dispersion(used)
            value, freedom = value + found.chi_square, freedom + found.freedom
    return value / freedom if freedom else 1.0
