"""How much a mix of kinds, such as of levels, differs between two times."""

from __future__ import annotations

import math
from collections.abc import Sequence

from policyctl.core.special_functions import chi_square_beyond, chi_square_tail

_SMOOTHING = 0.5


def stability_index(before: Sequence[int], after: Sequence[int]) -> float:
    """The population stability index, each count raised by a half so that none is empty.

    Raises:
        ValueError: the mixes do not have the same kinds, two at least.
    """
    _check(before, after)
    old, new = _shares(before, _SMOOTHING), _shares(after, _SMOOTHING)
    return sum((q - p) * math.log(q / p) for p, q in zip(old, new, strict=True))


def sampling_line(before: Sequence[int], after: Sequence[int], alpha: float) -> float:
    """The stability index that chance alone exceeds with probability of about ``alpha``.

    Where both samples come from one mix, the index is a chi-square of one degree of freedom less
    than there are kinds, times the sum of the inverse sizes (Yurdakul and Naranjo, 2020).

    Raises:
        ValueError: the mixes do not have the same kinds, or one is empty.
    """
    _check(before, after)
    first, second = sum(before), sum(after)
    if not first or not second:
        raise ValueError("a mix of nothing has no sampling error")
    return chi_square_beyond(alpha, len(before) - 1) * (1 / first + 1 / second)


def jensen_shannon(before: Sequence[int], after: Sequence[int]) -> float:
    """The Jensen-Shannon distance with base 2: 0 for the same mix, 1 for disjoint ones.

    Raises:
        ValueError: the mixes do not have the same kinds, or one is empty.
    """
    _check(before, after)
    if not sum(before) or not sum(after):
        raise ValueError("a mix of nothing has no distance")
    old, new = _shares(before), _shares(after)
    middle = [(p + q) / 2 for p, q in zip(old, new, strict=True)]
    divergence = (_divergence(old, middle) + _divergence(new, middle)) / 2
    return math.sqrt(max(0.0, divergence))


def chi_square(before: Sequence[int], after: Sequence[int]) -> tuple[float, int, float]:
    """Pearson's test that both mixes are one: statistic, degrees of freedom, p value.

    Kinds that neither has are left out; without a second kind there is nothing to test, and the
    p value is 1.

    Raises:
        ValueError: the mixes do not have the same kinds, or one is empty.
    """
    _check(before, after)
    first, second = sum(before), sum(after)
    if not first or not second:
        raise ValueError("a mix of nothing cannot be tested")
    kinds = [(p, q) for p, q in zip(before, after, strict=True) if p + q]
    freedom = len(kinds) - 1
    if not freedom:
        return 0.0, 0, 1.0
    statistic = 0.0
    for p, q in kinds:
        for seen, size in ((p, first), (q, second)):
            expected = (p + q) * size / (first + second)
            statistic += (seen - expected) ** 2 / expected
    return statistic, freedom, chi_square_tail(statistic, freedom)


def _check(before: Sequence[int], after: Sequence[int]) -> None:
    if len(before) != len(after) or len(before) < 2:  # noqa: PLR2004
        raise ValueError("two mixes are compared kind by kind, over two kinds at least")


def _shares(counts: Sequence[int], smoothing: float = 0.0) -> list[float]:
    total = sum(counts) + smoothing * len(counts)
    return [(count + smoothing) / total for count in counts]


def _divergence(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(p * math.log2(p / q) for p, q in zip(one, other, strict=True) if p)
