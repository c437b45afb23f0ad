"""Intervals for pictures, and one bound for several strata together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

from policyctl.core.statistics import clopper_pearson_upper


def normal_quantile(probability: float) -> float:
    """The value that a standard normal variable stays below with this probability."""
    return NormalDist().inv_cdf(probability)


def wilson(x: int, n: int, alpha: float) -> tuple[float, float]:
    """Lower and upper bound of Wilson (1927), each missed with probability of about ``alpha``.

    It is for pictures: with few cases it misses a little more often than it says, which is why
    gates rest on exact bounds.

    Raises:
        ValueError: an argument is out of range.
    """
    if not 0 <= x <= n or not 0 < alpha < 1:
        raise ValueError(f"{x} of {n} cases at an error probability of {alpha} is not possible")
    if n == 0:
        return 0.0, 1.0
    z = normal_quantile(1 - alpha)
    share, spread = x / n, z * z / n
    centre = share + spread / 2
    half = z * math.sqrt(share * (1 - share) / n + spread / (4 * n))
    lower = (centre - half) / (1 + spread) if x else 0.0
    upper = (centre + half) / (1 + spread) if x < n else 1.0
    return lower, upper


def weighted_upper(strata: Sequence[tuple[int, int, int]], alpha: float) -> tuple[float, float]:
    """Estimate and upper bound of the share over strata that were sampled unequally.

    Each stratum's exact bound at ``alpha`` divided by their number, weighted by their sizes: the
    sum errs with probability ``alpha`` at most (Bonferroni), so it is larger than need be.

    Args:
        strata: cases that count, cases looked at and all cases, of each stratum.
        alpha: probability of a bound below the truth, 0 to 1 exclusive.

    Raises:
        ValueError: there are no cases, or an argument is out of range.
    """
    total = sum(m for _, _, m in strata)
    if total <= 0:
        raise ValueError("there are no cases to bound a share of")
    each = alpha / len(strata)
    upper = sum(m / total * clopper_pearson_upper(x, n, each) for x, n, m in strata)
    estimate = sum(m / total * (x / n if n else 1.0) for x, n, m in strata)
    return estimate, upper
