"""How many reviews to plan for, before the first of them."""

from __future__ import annotations

from policyctl.core.frozen import frozen
from policyctl.core.statistics import binomial_cdf, reviews_needed_anytime, reviews_needed_fixed

_MOST_ERRORS = 10_000


@frozen
class Plan:
    """A number of reviews, and the false positives among them that the gate still bears."""

    reviews: int
    false_positives: int


def planned(theta: float, hoped: float, alpha: float, power: float) -> Plan:
    """The smallest plan that shows a share below ``theta``, if it really is ``hoped``.

    Args:
        theta: the tolerated share.
        hoped: the share that is expected, below ``theta``.
        alpha: probability of showing it although it is not so.
        power: least probability of showing it if the share is as hoped.

    Raises:
        ValueError: an argument is out of range, or no reasonable number of reviews is enough.
    """
    if not 0 <= hoped < theta <= 1 or not 0 < power < 1:
        raise ValueError(f"a share of {hoped} cannot be told from {theta} with power {power}")
    for errors in range(_MOST_ERRORS):
        reviews = reviews_needed_fixed(errors, theta, alpha)
        if binomial_cdf(errors, reviews, hoped) >= power:
            return Plan(reviews=reviews, false_positives=errors)
    raise ValueError(f"no reasonable number of reviews tells {hoped} from {theta}")


def planned_anytime(theta: float, hoped: float, alpha: float, power: float) -> Plan:
    """The same for a bound that holds however often one looks: it takes more reviews.

    Raises:
        ValueError: as `planned`.
    """
    errors = planned(theta, hoped, alpha, power).false_positives
    while True:
        reviews = reviews_needed_anytime(errors, theta, alpha)
        if binomial_cdf(errors, reviews, hoped) >= power:
            return Plan(reviews=reviews, false_positives=errors)
        errors += 1
