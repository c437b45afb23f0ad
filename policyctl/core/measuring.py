"""Everything that a gate is judged on, counted in one pass over the records."""

from __future__ import annotations

from collections.abc import Iterable

from policyctl.core.daily import Daily, DailyCount
from policyctl.core.frozen import frozen
from policyctl.core.policy import Policy
from policyctl.core.record import Record
from policyctl.core.repeats import RepeatCount, Repeats
from policyctl.core.review_sample import Draw, StratumSample
from policyctl.core.scores import ScoreCount, ScoreCounts
from policyctl.core.tally import Tally, tally


@frozen
class Measured:
    """What the records hold about a change of policy.

    Attributes:
        tally: the counts of each guardrail in each application.
        daily: the counts day by day.
        sample: the detections to review; empty where none were asked for.
        repeats: the messages seen again; None where they were not asked for.
        scores: how detections are distributed by score; empty where they were not asked for.
    """

    tally: Tally
    daily: Daily
    sample: tuple[StratumSample, ...]
    repeats: tuple[Repeats, ...] | None = None
    scores: tuple[ScoreCounts, ...] = ()


def measure(
    records: Iterable[Record],
    old: Policy,
    new: Policy,
    *,
    size: int = 0,
    repeats: bool = False,
    scores: bool = False,
) -> Measured:
    """Count what would change for the recorded traffic.

    Args:
        records: in any order; nothing depends on it.
        old: the policy in its present stage.
        new: the same policy in the stage that is asked for.
        size: detections of each stratum to draw for review; 0 draws none.
        repeats: whether to count the messages seen again.
        scores: whether to count detections by score.
    """
    daily = DailyCount(old, new)
    draw = Draw(old, new, size)
    copies, by_score = RepeatCount(new), ScoreCount(new)
    passing = daily.passing(records)
    if size:
        passing = draw.passing(passing)
    if repeats:
        passing = copies.passing(passing)
    if scores:
        passing = by_score.passing(passing)
    return Measured(
        tally=tally(passing, old, new, daily.requests),
        daily=daily.result(),
        sample=draw.result(),
        repeats=copies.result() if repeats else None,
        scores=by_score.result(),
    )
