"""What the interval of a ratio says about a margin around 1: two one-sided tests at once."""

from __future__ import annotations

from fractions import Fraction

from policyctl.core.criterion import Outcome
from policyctl.core.equivalence import RateRatio


def compared(ratio: RateRatio, limit: Fraction, things: str) -> tuple[Outcome, str]:
    """The outcome, and the end of a sentence that tells it.

    Args:
        ratio: the ratio, with the interval of 90 %.
        limit: how much is tolerated: for 25 %, ratios from 1/1.25 to 1.25.
        things: what more of would tell, such as ``detections``.
    """
    low, high = float(1 / (1 + limit)), float(1 + limit)
    outcome, said = Outcome.UNDECIDED, f"more {things} are needed to tell"
    if low <= ratio.lower and ratio.upper <= high:
        outcome, said = Outcome.MET, "which is stable"
    elif ratio.upper < low or high < ratio.lower:
        outcome, said = Outcome.NOT_MET, "which is a change"
    return outcome, (
        f"(90% interval {ratio.lower:.2f} to {ratio.upper:.2f}, where {low:.2f} to {high:.2f} is"
        f" tolerated), {said}"
    )
