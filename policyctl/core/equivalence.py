"""Whether a rate stayed the same: by the size of its changes, not by their significance.

A significance test refutes everything at the volume of logs and nothing at that of a new
application, so what is judged is how large a change the data leave possible.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from policyctl.core.frozen import frozen
from policyctl.core.intervals import normal_quantile
from policyctl.core.special_functions import chi_square_tail


@frozen
class Dispersion:
    """How much a rate varies from day to day.

    Attributes:
        rate: the pooled rate.
        chi_square: Pearson's statistic of the hypothesis that all days have this rate.
        freedom: its degrees of freedom.
        p_value: how probable at least that much is if they do.
        factor: statistic over degrees of freedom; 1 is what chance alone makes.
        variation: coefficient of variation between days beyond chance, 0 or more.
    """

    rate: float
    chi_square: float
    freedom: int
    p_value: float
    factor: float
    variation: float


@frozen
class RateRatio:
    """A later rate over an earlier one, with an interval."""

    value: float
    lower: float
    upper: float


def dispersion(days: Sequence[tuple[int, int]]) -> Dispersion:
    """How much the rates of days differ.

    Args:
        days: cases that count and all cases of each day.

    Raises:
        ValueError: there are fewer than two days with cases.
    """
    used = [(count, total) for count, total in days if total]
    if len(used) < 2:  # noqa: PLR2004
        raise ValueError("a variation between days needs two days with cases")
    total = sum(n for _, n in used)
    rate = sum(y for y, _ in used) / total
    freedom = len(used) - 1
    spread = rate * (1 - rate)
    if spread == 0:
        return Dispersion(
            rate=rate, chi_square=0.0, freedom=freedom, p_value=1.0, factor=0.0, variation=0.0
        )
    value = sum((y - n * rate) ** 2 / (n * spread) for y, n in used)
    factor = value / freedom
    typical = (total - sum(n * n for _, n in used) / total) / freedom
    return Dispersion(
        rate=rate,
        chi_square=value,
        freedom=freedom,
        p_value=chi_square_tail(value, freedom),
        factor=factor,
        variation=math.sqrt(max(0.0, (factor - 1) * spread / typical)) / rate,
    )


def rate_ratio(
    before: tuple[float, int], after: tuple[float, int], *, factor: float = 1.0, alpha: float = 0.05
) -> RateRatio:
    """The ratio of two rates with an interval that each side misses with probability ``alpha``.

    The interval of 90 % at the default, which two one-sided tests at 5 % compare with a margin.

    Args:
        before: cases that count and all cases, earlier.
        after: the same, later.
        factor: by how much days vary beyond chance, as `Dispersion.factor`; below 1 counts as 1.
        alpha: probability of missing the ratio on one side.

    Raises:
        ValueError: one of the rates has no case that counts.
    """
    (y1, n1), (y2, n2) = before, after
    if not (y1 and n1 and y2 and n2):
        raise ValueError("a ratio of rates needs cases that count on both sides")
    value = (y2 / n2) / (y1 / n1)
    error = math.sqrt(max(1.0, factor) * (1 / y1 + 1 / y2))
    reach = math.exp(normal_quantile(1 - alpha) * error)
    return RateRatio(value=value, lower=value / reach, upper=value * reach)
