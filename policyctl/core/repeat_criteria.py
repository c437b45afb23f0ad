"""Whether the same message gets the same verdict again."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from policyctl.core.criterion import Criterion, Outcome, at_most, counted, met, percent
from policyctl.core.facts import Facts
from policyctl.core.policy import Gate
from policyctl.core.repeats import Repeats
from policyctl.core.statistics import (
    clopper_pearson_lower,
    clopper_pearson_upper,
    reviews_needed_fixed,
)
from policyctl.core.tally import Tally

_NAME = "repeatability"


def repeat_criteria(tally: Tally, gate: Gate, facts: Facts) -> Iterator[Criterion]:
    """A criterion for each stratum in which something would be newly blocked, where it is asked."""
    limit = gate.repeatable
    if limit is None:
        return
    strata = [item for item in tally.strata if item.newly_blocked]
    if facts.repeats is None or not strata:
        yield Criterion(
            name=_NAME,
            outcome=Outcome.UNDECIDED,
            sentence="nothing would be blocked in this window: there is no verdict to repeat"
            if facts.repeats is not None
            else "copies of messages were not counted",
            limit=float(1 - limit),
        )
        return
    found = {item.stratum: item for item in facts.repeats}
    for stratum in strata:
        repeats = found.get((stratum.guardrail, stratum.direction, stratum.app))
        yield _repeatable(stratum.name, repeats, gate, limit)


def _repeatable(name: str, repeats: Repeats | None, gate: Gate, limit: Fraction) -> Criterion:
    n = repeats.messages if repeats else 0
    x = n - repeats.same if repeats else 0
    error, tolerated = float(1 - gate.confidence), 1 - limit
    upper = clopper_pearson_upper(x, n, error)
    outcome, bound = met(n > 0 and (upper <= tolerated or (not x and not tolerated))), upper
    need = None
    sentence = (
        f"{name}: of {counted(n, 'message')} detected more than once, {x} got another level,"
        f" at most {at_most(upper)} with {percent(gate.confidence)} confidence"
        f" ({percent(tolerated)} tolerated)"
    )
    if not n:
        sentence = f"{name}: no message with a fingerprint was detected more than once"
    lower = clopper_pearson_lower(x, n, error)
    if n and lower > tolerated:
        outcome, bound = Outcome.NOT_MET, lower
    elif outcome is Outcome.UNDECIDED and tolerated:
        need = reviews_needed_fixed(x, float(tolerated), error) - n
        sentence += f": {counted(need, 'more such message')} needed if none differs"
    return Criterion(
        name=_NAME,
        outcome=outcome,
        sentence=sentence,
        value=x / n if n else None,
        bound=bound,
        limit=float(tolerated),
        need=need,
        stratum=name,
    )
