"""Whether the reviews can be relied upon: who made them, how many twice, how far they agree."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from policyctl.core.criterion import Criterion, Outcome, counted, met, percent
from policyctl.core.facts import Facts
from policyctl.core.policy import Gate
from policyctl.core.reviews import Reviews


def review_criteria(gate: Gate, facts: Facts) -> Iterator[Criterion]:
    """What the gate asks about the reviews, and what always holds where a sample was reviewed."""
    reviews = facts.reviews
    if reviews is not None:
        yield _sample(reviews)
    if gate.reviewers is not None or reviews is not None:
        yield _reviewers(reviews, gate.reviewers or 1)
    if gate.reviewed_twice is not None:
        yield _twice(reviews, gate.reviewed_twice)
    if gate.agreement is not None:
        yield _agreement(reviews, gate.agreement)


_UNKNOWN = "no verdicts on a drawn sample were given, so nothing is known about the reviewers"


def _sample(reviews: Reviews) -> Criterion:
    missing = reviews.drawn - sum(item.reviewed for item in reviews.strata)
    sentence = f"{counted(reviews.drawn - missing, 'detection')} of {reviews.drawn} drawn"
    sentence += " were reviewed"
    if missing:
        sentence += f": {missing} count as false positives until somebody looks at them"
    if reviews.outside:
        sentence += f"; {counted(reviews.outside, 'verdict')} outside of the sample do not count"
    return Criterion(
        name="drawn sample",
        outcome=met(not missing and reviews.drawn > 0),
        sentence=sentence,
        value=reviews.drawn - missing,
        limit=reviews.drawn,
        need=missing or None,
    )


def _reviewers(reviews: Reviews | None, least: int) -> Criterion:
    name = "reviewers"
    if reviews is None:
        return Criterion(name=name, outcome=Outcome.UNDECIDED, sentence=_UNKNOWN, limit=least)
    count = len(reviews.reviewers)
    who = f" ({', '.join(reviews.reviewers)})" if count else ""
    outcome = met(count >= least)
    sentence = f"{counted(count, 'person')} reviewed{who}, {least} asked for".replace(
        "persons", "people"
    )
    if reviews.unknown:
        outcome = Outcome.NOT_MET
        sentence = f"governance does not know who '{reviews.unknown[0]}' is, who reviewed"
    elif reviews.by_author_only:
        outcome = Outcome.NOT_MET
        sentence = f"nobody reviewed but {reviews.author}, who makes the change"
    return Criterion(
        name=name,
        outcome=outcome,
        sentence=sentence,
        value=count,
        limit=least,
        need=least - count if count < least else None,
    )


def _twice(reviews: Reviews | None, least: Fraction) -> Criterion:
    name = "reviewed twice"
    if reviews is None or not reviews.drawn:
        return Criterion(
            name=name, outcome=Outcome.UNDECIDED, sentence=_UNKNOWN, limit=float(least)
        )
    needed = -(-reviews.drawn * least.numerator // least.denominator)
    return Criterion(
        name=name,
        outcome=met(reviews.twice >= needed),
        sentence=f"two people reviewed {reviews.twice} of {reviews.drawn} drawn"
        f" ({percent(least)} asked for)",
        value=reviews.twice / reviews.drawn,
        limit=float(least),
        need=needed - reviews.twice if reviews.twice < needed else None,
    )


def _agreement(reviews: Reviews | None, least: Fraction) -> Criterion:
    name = "agreement"
    if reviews is None or not reviews.twice:
        said = _UNKNOWN if reviews is None else "nothing was reviewed twice"
        return Criterion(name=name, outcome=Outcome.UNDECIDED, sentence=said, limit=float(least))
    said = f"the two agree on {reviews.agreed} of {reviews.twice}"
    if reviews.kappa is None:
        # Both gave one verdict throughout, the same: chance explains it, and nothing is disputed.
        return Criterion(
            name=name,
            outcome=Outcome.MET,
            sentence=f"{said}, with one verdict throughout: there is no kappa",
            limit=float(least),
        )
    return Criterion(
        name=name,
        outcome=Outcome.MET if reviews.kappa >= least else Outcome.NOT_MET,
        sentence=f"{said}, a kappa of {reviews.kappa:.2f} ({float(least):g} asked for)",
        value=max(0.0, reviews.kappa),
        limit=float(least),
    )
