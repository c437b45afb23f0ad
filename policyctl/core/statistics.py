"""Exact bounds on a share, from a few reviewed cases: what the gate's verdict rests on."""

from __future__ import annotations

import math
from collections.abc import Callable

from policyctl.core.special_functions import PRECISION, log_beta, log_beta_cdf


def clopper_pearson_upper(x: int, n: int, alpha: float) -> float:
    """The one-sided exact upper bound on a share of which ``x`` of ``n`` cases were seen.

    Clopper and Pearson (1934): the share at which seeing ``x`` or fewer has probability ``alpha``.

    Args:
        x: cases that count, 0 to ``n``.
        n: cases looked at, one independent draw each.
        alpha: probability of a bound below the truth, 0 to 1 exclusive.

    Raises:
        ValueError: an argument is out of range.
    """
    _check(x, n, alpha)
    if x == n:
        return 1.0
    if x == 0:
        return -math.expm1(math.log(alpha) / n)
    low, high = x / n, 1.0
    share = (x + 1) / (n + 1)
    # The logarithm of the tail is concave in the share, so Newton's method comes from one side.
    while True:
        excess = _log_cdf(x, n, share) - math.log(alpha)
        low, high = (share, high) if excess > 0 else (low, share)
        step = excess / _log_cdf_slope(x, n, share)
        following = share + step
        if not low < following < high:
            following = (low + high) / 2
        if abs(following - share) <= PRECISION * share or not low < following < high:
            return following
        share = following


def clopper_pearson_lower(x: int, n: int, alpha: float) -> float:
    """The one-sided exact lower bound on a share, the mirror of `clopper_pearson_upper`."""
    return 1.0 - clopper_pearson_upper(n - x, n, alpha)


def binomial_cdf(x: int, n: int, p: float) -> float:
    """The probability of ``x`` or fewer of ``n`` cases at a share of ``p``.

    It is the p value of the test whether the share is ``p`` or more.
    """
    if x >= n or p <= 0:
        return 1.0
    if x < 0 or p >= 1:
        return 0.0
    return math.exp(_log_cdf(x, n, p))


def log_e_value(x: int, n: int, theta: float, a: float = 0.5, b: float = 0.5) -> float:
    """The logarithm of the evidence against a share of ``theta`` or more.

    A mixture of likelihood ratios over a Beta(``a``, ``b``) prior truncated to [0, ``theta``].
    Under every share of ``theta`` or more it is a supermartingale that starts at 1, so by Ville's
    inequality it ever reaches 1/alpha with probability at most alpha, however often one looks.

    Args:
        x: cases that count, 0 to ``n``.
        n: cases looked at, in an order that does not depend on what they turn out to be.
        theta: the tolerated share, above 0 and up to 1.
        a: first parameter of the prior.
        b: second parameter of the prior.

    Raises:
        ValueError: an argument is out of range.
    """
    _check_counts(x, n)
    _check_theta(theta)
    if theta == 1:
        return math.inf if x < n else log_beta(x + a, b) - log_beta(a, b)
    rest = 1 - theta
    mixture = log_beta(x + a, n - x + b) + log_beta_cdf(theta, rest, x + a, n - x + b)
    prior = log_beta(a, b) + log_beta_cdf(theta, rest, a, b)
    return mixture - prior - x * math.log(theta) - (n - x) * math.log1p(-theta)


def anytime_upper(x: int, n: int, alpha: float) -> float:
    """The upper bound on a share that holds however often it is looked at.

    The least tolerated share that `log_e_value` has refuted, at error probability ``alpha``.

    Raises:
        ValueError: an argument is out of range.
    """
    _check(x, n, alpha)
    if x == n:
        return 1.0
    needed = -math.log(alpha)
    low, high = x / n, 1.0
    # Up to x/n the likelihood rises, so the mixture cannot exceed 1: the bound lies above.
    while high - low > PRECISION * high:
        middle = (low + high) / 2
        if not low < middle < high:
            break
        low, high = (low, middle) if log_e_value(x, n, middle) >= needed else (middle, high)
    return high


def reviews_needed_fixed(x: int, theta: float, alpha: float) -> int:
    """The least number of reviews, ``x`` false ones among them, whose exact bound is ``theta``.

    Raises:
        ValueError: an argument is out of range; no number of reviews shows a share of 0.
    """
    _check(x, x, alpha)
    _check_theta(theta)
    return _least(x + 1, lambda n: binomial_cdf(x, n, theta) <= alpha)


def reviews_needed_anytime(x: int, theta: float, alpha: float) -> int:
    """The least number of reviews, ``x`` false ones among them, whose e-value reaches 1/alpha.

    Raises:
        ValueError: an argument is out of range; no number of reviews shows a share of 0.
    """
    _check(x, x, alpha)
    _check_theta(theta)
    return _least(x + 1, lambda n: log_e_value(x, n, theta) >= -math.log(alpha))


def hypergeometric_upper(x: int, n: int, m: int, alpha: float) -> int:
    """The upper bound on how many of exactly ``m`` cases count, if ``x`` of ``n`` drawn ones do.

    It speaks about these ``m`` cases only, where the other bounds speak about those to come.

    Raises:
        ValueError: an argument is out of range.
    """
    _check(x, n, alpha)
    if n > m:
        raise ValueError(f"{n} cases cannot be drawn from {m}")
    low, high = x, m - n + x
    while low < high:
        middle = (low + high + 1) // 2
        possible = _hypergeometric_cdf(x, n, m, middle) > alpha
        low, high = (middle, high) if possible else (low, middle - 1)
    return low


def _check_counts(x: int, n: int) -> None:
    if not 0 <= x <= n:
        raise ValueError(f"{x} of {n} cases is not possible")


def _check(x: int, n: int, alpha: float) -> None:
    _check_counts(x, n)
    if not 0 < alpha < 1:
        raise ValueError(f"the error probability {alpha} is not between 0 and 1")


def _check_theta(theta: float) -> None:
    if not 0 < theta <= 1:
        raise ValueError(f"no number of cases can show a share below {theta}")


def _least(start: int, enough: Callable[[int], bool]) -> int:
    low, high = start - 1, start
    while not enough(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _log_cdf(x: int, n: int, p: float) -> float:
    return log_beta_cdf(1 - p, p, n - x, x + 1)


def _log_cdf_slope(x: int, n: int, p: float) -> float:
    """How fast `_log_cdf` falls with the share, as a positive number."""
    density = x * math.log(p) + (n - x - 1) * math.log1p(-p) - log_beta(x + 1, n - x)
    return math.exp(density - _log_cdf(x, n, p))


def _hypergeometric_cdf(x: int, n: int, m: int, marked: int) -> float:
    """The probability of ``x`` or fewer marked ones among ``n`` drawn from ``m``."""
    least = max(0, n - (m - marked))
    if x < least:
        return 0.0
    term = math.exp(_log_choose(marked, x) + _log_choose(m - marked, n - x) - _log_choose(m, n))
    total = term
    for k in range(x, least, -1):
        ratio = k * (m - marked - n + k) / ((marked - k + 1) * (n - k + 1))
        term *= ratio
        total += term
        if ratio < 1 and term < total * PRECISION:
            break
    return total


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
