"""The incomplete beta and gamma functions, as far as tail probabilities need them."""

from __future__ import annotations

import math

_TINY = 1e-300
PRECISION = 1e-15
_MAX_STEPS = 1_000_000


def log_beta(a: float, b: float) -> float:
    """The logarithm of the beta function."""
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def log_beta_cdf(p: float, q: float, a: float, b: float) -> float:
    """The logarithm of the regularised incomplete beta function at ``p``, with ``q`` = 1 - p.

    Both are arguments because the smaller one would lose its digits in a subtraction.
    """
    front = a * math.log(p) + b * math.log(q) - log_beta(a, b)
    if p < (a + 1) / (a + b + 2):
        return front + math.log(_beta_fraction(p, a, b) / a)
    beyond = math.exp(front) * _beta_fraction(q, b, a) / b
    return math.log1p(-beyond)


def chi_square_tail(value: float, freedom: int) -> float:
    """The probability that a chi-square variable exceeds ``value``.

    Args:
        value: 0 or more.
        freedom: degrees of freedom, 1 or more.

    Raises:
        ValueError: an argument is out of range.
    """
    if value < 0 or freedom < 1:
        raise ValueError(f"there is no chi-square of {value} with {freedom} degrees of freedom")
    if value == 0:
        return 1.0
    a, x = freedom / 2, value / 2
    front = math.exp(a * math.log(x) - x - math.lgamma(a))
    return 1 - front * _gamma_series(a, x) if x < a + 1 else front * _gamma_fraction(a, x)


def chi_square_beyond(probability: float, freedom: int) -> float:
    """The value that a chi-square variable exceeds with this probability.

    Raises:
        ValueError: an argument is out of range.
    """
    if not 0 < probability < 1:
        raise ValueError(f"the probability {probability} is not between 0 and 1")
    low, high = 0.0, float(freedom)
    while chi_square_tail(high, freedom) > probability:
        low, high = high, 2 * high
    while high - low > PRECISION * high:
        middle = (low + high) / 2
        if not low < middle < high:
            break
        below = chi_square_tail(middle, freedom) > probability
        low, high = (middle, high) if below else (low, middle)
    return high


def _beta_fraction(p: float, a: float, b: float) -> float:
    """The continued fraction of the incomplete beta function, by Lentz's method as modified."""
    c, d = 1.0, _inverse(1 - (a + b) * p / (a + 1))
    value = d
    for m in range(1, _MAX_STEPS):
        even = m * (b - m) * p / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * p / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = _inverse(1 + term * d)
            c = _away_from_zero(1 + term / c)
            value *= c * d
        if abs(c * d - 1) < PRECISION:
            return value
    raise ArithmeticError(f"the incomplete beta function does not converge at {p}, {a}, {b}")


def _gamma_series(a: float, x: float) -> float:
    """The series of the lower incomplete gamma function, without its front factor."""
    term = total = 1 / a
    for step in range(1, _MAX_STEPS):
        term *= x / (a + step)
        total += term
        if term < total * PRECISION:
            return total
    raise ArithmeticError(f"the incomplete gamma function does not converge at {a}, {x}")


def _gamma_fraction(a: float, x: float) -> float:
    """The continued fraction of the upper incomplete gamma function, without its front factor."""
    b = x + 1 - a
    c, d = 1 / _TINY, _inverse(b)
    value = d
    for step in range(1, _MAX_STEPS):
        term = -step * (step - a)
        b += 2
        d = _inverse(b + term * d)
        c = _away_from_zero(b + term / c)
        value *= c * d
        if abs(c * d - 1) < PRECISION:
            return value
    raise ArithmeticError(f"the incomplete gamma function does not converge at {a}, {x}")


def _away_from_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY


def _inverse(value: float) -> float:
    return 1 / _away_from_zero(value)
