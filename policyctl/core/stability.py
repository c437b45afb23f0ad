"""Whether what a guardrail does stayed the same: from week to week, from day to day, by level."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from policyctl.core.criterion import Criterion, Outcome, counted, met, percent
from policyctl.core.daily import KINDS, DayCount
from policyctl.core.equivalence import Dispersion, RateRatio, dispersion, rate_ratio
from policyctl.core.facts import Facts, complete_days
from policyctl.core.frozen import frozen
from policyctl.core.margin import compared
from policyctl.core.mix import chi_square, jensen_shannon, sampling_line, stability_index
from policyctl.core.policy import Gate
from policyctl.core.tally import Tally

_WEEK = 7
_ERROR = 0.05


@frozen
class MixShift:
    """How the levels of the last week differ from those before.

    Attributes:
        index: population stability index.
        line: what chance alone exceeds in one of twenty cases.
        distance: Jensen-Shannon distance, base 2.
        p_value: of Pearson's test that nothing changed.
    """

    index: float
    line: float
    distance: float
    p_value: float


@frozen
class Stability:
    """How one guardrail behaved in one application, over the complete days.

    Attributes:
        name: the stratum for people.
        days: complete days with answers.
        between_days: None with fewer than two of them.
        between_weeks: the last week over the complete weeks before; None without two weeks, or
            without a detection in one of the times.
        levels: None without answers in both times.
    """

    name: str
    days: int
    between_days: Dispersion | None
    between_weeks: RateRatio | None
    levels: MixShift | None


def stabilities(tally: Tally, facts: Facts) -> tuple[Stability, ...]:
    """The behaviour of each stratum in which something would be newly blocked."""
    if facts.daily is None:
        return ()
    judged = {
        (item.guardrail, item.direction, item.app): item.name
        for item in tally.strata
        if item.newly_blocked
    }
    dates = complete_days(tally)
    recent = frozenset(dates[-_WEEK:])
    weeks = len(dates) // _WEEK
    before = frozenset(dates[-weeks * _WEEK : -_WEEK]) if weeks > 1 else frozenset()
    found = []
    for cell, days in facts.daily.strata():
        if cell in judged:
            used = [day for day in days if day.day in frozenset(dates) and day.scope_evaluations]
            found.append(
                _stability(
                    judged[cell],
                    used,
                    [day for day in used if day.day in before],
                    [day for day in used if day.day in recent] if before else [],
                )
            )
    return tuple(found)


def _stability(
    name: str, used: list[DayCount], before: list[DayCount], recent: list[DayCount]
) -> Stability:
    days = [(day.scope_flagged, day.scope_evaluations) for day in used]
    spread = dispersion(days) if len(days) > 1 else None
    old, new = _total(before), _total(recent)
    ratio = None
    if spread and all((*old, *new)):
        ratio = rate_ratio(old, new, factor=spread.factor, alpha=_ERROR)
    return Stability(
        name=name,
        days=len(days),
        between_days=spread,
        between_weeks=ratio,
        levels=_shift(_levels(before), _levels(recent)) if old[1] and new[1] else None,
    )


def _total(days: list[DayCount]) -> tuple[int, int]:
    return sum(day.scope_flagged for day in days), sum(day.scope_evaluations for day in days)


def _levels(days: list[DayCount]) -> list[int]:
    return [sum(day.scope_levels[kind] for day in days) for kind in range(KINDS)]


def _shift(before: list[int], after: list[int]) -> MixShift:
    return MixShift(
        index=stability_index(before, after),
        line=sampling_line(before, after, _ERROR),
        distance=jensen_shannon(before, after),
        p_value=chi_square(before, after)[2],
    )


def stability_criteria(tally: Tally, gate: Gate, facts: Facts) -> Iterator[Criterion]:
    """What the gate asks about stability, one criterion per stratum."""
    asked = [
        (name, limit, judge)
        for name, limit, judge in (
            ("weekly change", gate.weekly_change, _weekly),
            ("daily variation", gate.daily_variation, _daily),
            ("mix of levels", gate.mix_shift, _mix),
        )
        if limit is not None
    ]
    found = stabilities(tally, facts) if asked else ()
    for name, limit, judge in asked:
        if not found:
            yield Criterion(
                name=name,
                outcome=Outcome.UNDECIDED,
                sentence="nothing would be blocked in this window: there is no behaviour to compare"
                if facts.daily is not None
                else "the records were not counted day by day",
                limit=float(limit),
            )
        for item in found:
            yield judge(name, item, limit)


def _weekly(name: str, item: Stability, limit: Fraction) -> Criterion:
    """Two one-sided tests at 5 % each: the interval of 90 % lies within the margin, or outside."""
    high = float(1 + limit)
    ratio = item.between_weeks
    if ratio is None:
        return Criterion(
            name=name,
            outcome=Outcome.UNDECIDED,
            sentence=f"{item.name}: {counted(item.days, 'complete day')} with answers, and a"
            " detection in the last week and in the weeks before, are not enough to compare"
            if item.days >= 2 * _WEEK
            else f"{item.name}: {counted(item.days, 'complete day')} with answers, where two weeks"
            " are compared",
            limit=high,
            need=max(1, 2 * _WEEK - item.days) if item.days < 2 * _WEEK else None,
            stratum=item.name,
        )
    outcome, said = compared(ratio, limit, "detections")
    return Criterion(
        name=name,
        outcome=outcome,
        sentence=f"{item.name}: the flag rate of the last week is {ratio.value:.2f} of the weeks"
        f" before {said}",
        value=ratio.value,
        bound=ratio.upper if ratio.value >= 1 else ratio.lower,
        limit=high,
        stratum=item.name,
    )


def _daily(name: str, item: Stability, limit: Fraction) -> Criterion:
    spread = item.between_days
    if spread is None:
        return Criterion(
            name=name,
            outcome=Outcome.UNDECIDED,
            sentence=f"{item.name}: a variation between days needs two complete days with answers",
            limit=float(limit),
            need=2 - item.days,
            stratum=item.name,
        )
    steady = spread.variation <= limit
    return Criterion(
        name=name,
        outcome=Outcome.MET if steady else Outcome.NOT_MET,
        sentence=f"{item.name}: the flag rate varies by {percent(_short(spread.variation))} between"
        f" days beyond chance ({percent(limit)} tolerated)",
        value=spread.variation,
        limit=float(limit),
        stratum=item.name,
    )


def _mix(name: str, item: Stability, limit: Fraction) -> Criterion:
    shift = item.levels
    if shift is None:
        return Criterion(
            name=name,
            outcome=Outcome.UNDECIDED,
            sentence=f"{item.name}: the levels of two complete weeks are compared",
            limit=float(limit),
            stratum=item.name,
        )
    # An index that chance alone explains is no change, however few records make it.
    steady = shift.index <= limit
    explained = not steady and shift.index <= shift.line
    said = ", which so few records cannot tell from chance" if explained else ""
    return Criterion(
        name=name,
        outcome=met(steady) if steady or explained else Outcome.NOT_MET,
        sentence=f"{item.name}: the stability index of the levels is {shift.index:.4f}"
        f" ({float(limit):g} tolerated){said}",
        value=shift.index,
        limit=float(limit),
        stratum=item.name,
    )


def _short(value: float) -> Fraction:
    """Rounded up to a hundredth of a percent, so that it does not claim less."""
    return Fraction(-int(-value * 10_000 // 1), 10_000)
