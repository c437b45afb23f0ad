"""Everything that a gate is judged on, counted in one pass over the records."""

from __future__ import annotations

from collections.abc import Iterable

from policyctl.core.daily import Daily, DailyCount
from policyctl.core.frozen import frozen
from policyctl.core.policy import Policy
from policyctl.core.record import Record
from policyctl.core.review_sample import Draw, StratumSample
from policyctl.core.tally import Tally, tally


@frozen
class Measured:
    """What the records hold about a change of policy.

    Attributes:
        tally: the counts of each guardrail in each application.
        daily: the counts day by day.
        sample: the detections to review; empty where none were asked for.
    """

    tally: Tally
    daily: Daily
    sample: tuple[StratumSample, ...]


def measure(records: Iterable[Record], old: Policy, new: Policy, *, size: int = 0) -> Measured:
    """Count what would change for the recorded traffic.

    Args:
        records: in any order; nothing depends on it.
        old: the policy in its present stage.
        new: the same policy in the stage that is asked for.
        size: detections of each stratum to draw for review; 0 draws none.
    """
    daily = DailyCount(old, new)
    draw = Draw(old, new, size)
    passing = daily.passing(records)
    counts = tally(draw.passing(passing) if size else passing, old, new)
    return Measured(tally=counts, daily=daily.result(), sample=draw.result())
