"""What the reviews say about false positives, one guardrail in one application at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator

from policyctl.core.criterion import (
    Criterion,
    Outcome,
    at_least,
    at_most,
    counted,
    left_in_window,
    percent,
)
from policyctl.core.facts import NOTHING, Facts, missing_reviews
from policyctl.core.multiple_tests import holm
from policyctl.core.picking import priced
from policyctl.core.policy import Gate, Inference, Promote
from policyctl.core.statistics import (
    anytime_upper,
    binomial_cdf,
    clopper_pearson_lower,
    clopper_pearson_upper,
    log_e_value,
    reviews_needed_anytime,
    reviews_needed_fixed,
)
from policyctl.core.tally import Stratum, Tally


def false_positives(tally: Tally, gate: Gate, facts: Facts = NOTHING) -> Iterator[Criterion]:
    """A criterion for each stratum in which something would be newly blocked."""
    strata = [stratum for stratum in tally.strata if stratum.newly_blocked]
    if not strata:
        yield Criterion(
            name="false positives",
            outcome=Outcome.UNDECIDED,
            sentence="nothing would be blocked in this window: the records cannot show what"
            " blocking does",
            limit=float(gate.false_positives),
        )
    for stratum in strata:
        yield _false_positive(stratum, gate, facts)


def _false_positive(stratum: Stratum, gate: Gate, facts: Facts) -> Criterion:
    x, n, error = stratum.false_positives, stratum.reviewed, alpha(gate)
    anytime = gate.inference is Inference.ANYTIME
    missing = missing_reviews(stratum, facts)
    # What was drawn and not looked at speaks against the promotion, and not for a verdict of it.
    least = clopper_pearson_lower(x, n + missing, error)
    x, n = x + missing, n + missing
    exact = clopper_pearson_upper(x, n, error)
    confidence = f"with {percent(gate.confidence)} confidence"
    tolerated = percent(gate.false_positives)
    need, outcome = None, Outcome.UNDECIDED
    bound = anytime_upper(x, n, error) if anytime else exact
    text = f"at most {at_most(bound)} {confidence}"
    if anytime:
        text += f" however often one looks, {at_most(exact)} at one look"
    if least > gate.false_positives:
        outcome, bound = Outcome.NOT_MET, least
        text = f"at least {at_least(least)} {confidence}, more than {tolerated}"
    elif shown(x, n, gate):
        outcome = Outcome.MET
    elif missing:
        need = missing
        text += f", where {tolerated} is tolerated: {counted(missing, 'review')} of the drawn"
        text += " sample missing, and each counts as false"
    elif gate.false_positives == 0:
        text += ", and no number of reviews can show a share of 0%"
    else:
        need = planned(x, gate) - n
        text += (
            f", where {tolerated} is tolerated: {counted(need, 'more review')} needed if none of"
            f" them is a false positive{left_in_window(need, stratum.unreviewed)}"
        )
    return Criterion(
        name="false positives",
        outcome=outcome,
        sentence=f"{stratum.name}: {x} false of {n} reviewed, {text}",
        value=x / n if n else None,
        bound=bound,
        limit=float(gate.false_positives),
        need=need,
        stratum=stratum.name,
    )


def shown(x: int, n: int, gate: Gate) -> bool:
    """True if the reviews show a tolerated share; the same test as the planners', to the last bit.

    A tail probability of at most alpha is what a Clopper-Pearson bound of at most the limit says.
    """
    theta, error = float(gate.false_positives), alpha(gate)
    if theta == 0 or n == 0:
        return False
    if gate.inference is Inference.ANYTIME:
        return log_e_value(x, n, theta) >= -math.log(error)
    return n >= gate.reviewed and binomial_cdf(x, n, theta) <= error


def planned(x: int, gate: Gate) -> int:
    """Reviews that are enough if no further one is a false positive."""
    theta, error = float(gate.false_positives), alpha(gate)
    if gate.inference is Inference.ANYTIME:
        return reviews_needed_anytime(x, theta, error)
    return max(gate.reviewed, reviews_needed_fixed(x, theta, error))


def alpha(gate: Gate) -> float:
    """The probability of error that the gate's confidence leaves."""
    return float(1 - gate.confidence)


def promotable(tally: Tally, gate: Gate, facts: Facts = NOTHING) -> tuple[str, ...]:
    """The strata that could be promoted alone, although others are not shown to be good.

    Whoever picks those that pass looks in several places, so each has to show more: Holm's
    procedure for one look, and evidence as many times as strong for a bound that always holds.
    Where the gate allows to pick, they are those that it would let through.
    """
    if gate.promote is Promote.SUBSET:
        each = priced(gate, tally)
        found = ((item, missing_reviews(item, facts)) for item in tally.strata)
        return tuple(
            item.name
            for item, missing in found
            if item.newly_blocked
            and shown(item.false_positives + missing, item.reviewed + missing, each)
        )
    strata = [stratum for stratum in tally.strata if stratum.newly_blocked]
    theta, error = float(gate.false_positives), alpha(gate)
    if theta == 0:
        return ()
    p_values = [_p_value(stratum, gate, facts) for stratum in strata]
    return tuple(
        stratum.name
        for stratum, p_value in zip(strata, holm(p_values), strict=True)
        if p_value <= error
    )


def _p_value(stratum: Stratum, gate: Gate, facts: Facts) -> float:
    missing = missing_reviews(stratum, facts)
    x, n = stratum.false_positives + missing, stratum.reviewed + missing
    theta = float(gate.false_positives)
    if gate.inference is Inference.ANYTIME:
        # By Ville's inequality the inverse of an e-value is a p value at any time.
        return min(1.0, math.exp(-log_e_value(x, n, theta)))
    return binomial_cdf(x, n, theta) if n >= gate.reviewed else 1.0
