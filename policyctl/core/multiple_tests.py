"""Several tests at once: what is still shown when one looks in many places."""

from __future__ import annotations

from collections.abc import Sequence


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Adjusted p values of which none below alpha is wrong, with probability 1 - alpha.

    Holm (1979). It is for picking those strata of a policy that may go ahead alone.
    """
    count = len(p_values)
    adjusted = [0.0] * count
    highest = 0.0
    for rank, index in enumerate(sorted(range(count), key=lambda at: p_values[at])):
        highest = max(highest, min(1.0, (count - rank) * p_values[index]))
        adjusted[index] = highest
    return tuple(adjusted)


def benjamini_hochberg(p_values: Sequence[float]) -> tuple[float, ...]:
    """Adjusted p values: of those below q, a share of q is wrong on average.

    Benjamini and Hochberg (1995). It is for alarms, where a missed one costs more than a false one.
    """
    count = len(p_values)
    adjusted = [0.0] * count
    lowest = 1.0
    order = sorted(range(count), key=lambda at: p_values[at], reverse=True)
    for rank, index in enumerate(order):
        lowest = min(lowest, p_values[index] * count / (count - rank))
        adjusted[index] = lowest
    return tuple(adjusted)
