"""What the pictures of a gate's report show, before they are drawn."""

from __future__ import annotations

from datetime import date

from policyctl.core.evidence import EvidenceReport, bounds
from policyctl.core.facts import missing_reviews
from policyctl.core.frozen import frozen
from policyctl.core.intervals import wilson
from policyctl.core.policy import Inference
from policyctl.core.statistics import anytime_upper, clopper_pearson_upper
from policyctl.core.tally import Stratum

_TAIL = 0.025
LEVELS = ("L1", "L2", "L3", "L4", "L5", "none")


@frozen
class RatePoint:
    """The flag rate of one day, with an interval of 95 %."""

    day: date
    rate: float
    lower: float
    upper: float


@frozen
class RateSeries:
    """The flag rate of one guardrail in one application, day by day."""

    name: str
    points: tuple[RatePoint, ...]


@frozen
class BoundRow:
    """What is known about the false positives of one stratum, against what is tolerated."""

    name: str
    estimate: float | None
    lower: float
    upper: float
    limit: float


@frozen
class LevelRow:
    """Answers of one stratum by level, where the new stage acts."""

    name: str
    counts: tuple[int, ...]


@frozen
class ScoreRow:
    """Detections of one stratum by score, in equal steps from 0 to 1."""

    name: str
    counts: tuple[int, ...]


@frozen
class Step:
    """One step from all evaluations to what is newly blocked."""

    name: str
    before: int
    after: int


def rate_series(report: EvidenceReport) -> tuple[RateSeries, ...]:
    """The days of each stratum in which anything was flagged."""
    shown = {(s.guardrail, s.direction, s.app): s.name for s in report.tally.strata if s.flagged}
    strata = report.facts.daily.strata() if report.facts.daily else ()
    found = []
    for cell, days in strata:
        if cell in shown:
            points = []
            for day in days:
                if day.evaluations:
                    lower, upper = wilson(day.flagged, day.evaluations, _TAIL)
                    rate = day.flagged / day.evaluations
                    points.append(RatePoint(day=day.day, rate=rate, lower=lower, upper=upper))
            found.append(RateSeries(name=shown[cell], points=tuple(points)))
    return tuple(found)


def bound_rows(report: EvidenceReport) -> tuple[BoundRow, ...]:
    """The strata in which something would be newly blocked."""
    return tuple(_bound_row(item, report) for item in report.tally.strata if item.newly_blocked)


def _bound_row(stratum: Stratum, report: EvidenceReport) -> BoundRow:
    gate, missing = report.each, missing_reviews(stratum, report.facts)
    bound = anytime_upper if gate.inference is Inference.ANYTIME else clopper_pearson_upper
    x, n = stratum.false_positives + missing, stratum.reviewed + missing
    return BoundRow(
        name=stratum.name,
        estimate=stratum.false_positives / stratum.reviewed if stratum.reviewed else None,
        lower=bounds(stratum, gate).lower if not missing else 0.0,
        upper=bound(x, n, float(1 - gate.confidence)),
        limit=float(gate.false_positives),
    )


def level_rows(report: EvidenceReport) -> tuple[LevelRow, ...]:
    """The strata with an answer where the new stage acts."""
    names = {(s.guardrail, s.direction, s.app): s.name for s in report.tally.strata}
    rows = []
    for cell, days in report.facts.daily.strata() if report.facts.daily else ():
        counts = tuple(sum(day.scope_levels[kind] for day in days) for kind in range(len(LEVELS)))
        if any(counts):
            rows.append(LevelRow(name=names[cell], counts=counts))
    return tuple(rows)


def score_rows(report: EvidenceReport) -> tuple[ScoreRow, ...]:
    """The strata whose detections carry scores, where they were counted."""
    return tuple(ScoreRow(name=item.name, counts=item.counts) for item in report.facts.scores)


def step_name(place: int, steps: int) -> str:
    """The scores that one of the steps from 0 to 1 takes in."""
    return f"{place / steps:.2f} to {(place + 1) / steps:.2f}"


def waterfall(report: EvidenceReport) -> tuple[Step, ...]:
    """From everything that was evaluated to what the promotion newly blocks."""
    strata = report.tally.strata
    days = report.facts.daily.days if report.facts.daily else ()
    evaluated = sum(item.evaluations for item in strata)
    flagged = sum(item.flagged for item in strata)
    excepted = sum(item.excepted for item in strata)
    already = sum(day.already_blocked for day in days)
    newly = sum(item.newly_blocked for item in strata)
    left = flagged - excepted
    return (
        Step(name="evaluated", before=0, after=evaluated),
        Step(name="not flagged", before=evaluated, after=flagged),
        Step(name="excepted", before=flagged, after=left),
        Step(name="only logged still", before=left, after=newly + already),
        Step(name="blocked already", before=newly + already, after=newly),
        Step(name="newly blocked", before=0, after=newly),
    )
