"""How much a promotion would do to people: flag rate, harm, budget, and what was blocked before."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from policyctl.core.criterion import Criterion, Outcome, at_least, at_most, counted, met, percent
from policyctl.core.facts import Facts, missing_reviews
from policyctl.core.policy import Gate, Inference
from policyctl.core.stages import Stage
from policyctl.core.statistics import anytime_upper, clopper_pearson_lower, clopper_pearson_upper
from policyctl.core.tally import Stratum, Tally

_PER = 100_000


def effect_criteria(tally: Tally, gate: Gate, facts: Facts) -> Iterator[Criterion]:
    """What the gate asks about the effect; nothing where it does not ask."""
    acting = [stratum for stratum in tally.strata if stratum.scope_evaluations]
    if gate.flag_rate is not None:
        yield from _flag_rates(acting, gate, gate.flag_rate, facts)
    if gate.harm is not None:
        yield from _harms([item for item in acting if item.newly_blocked], gate, gate.harm, facts)
    if gate.newly_blocked is not None:
        yield _budget(tally, gate.newly_blocked)
    if gate.limited_blocked is not None and facts.target is Stage.ENFORCE:
        yield _did_block(gate, gate.limited_blocked, facts)


def _flag_rates(
    strata: list[Stratum], gate: Gate, limit: Fraction, facts: Facts
) -> Iterator[Criterion]:
    flags = _scope_flags(facts)
    if flags is None or not strata:
        yield Criterion(
            name="flag rate",
            outcome=Outcome.UNDECIDED,
            sentence="nothing was evaluated where the stage acts"
            if flags is not None
            else "the records were not counted day by day",
            limit=float(limit),
        )
        return
    error = float(1 - gate.confidence)
    for stratum in strata:
        x = flags.get((stratum.guardrail, stratum.direction.value, stratum.app), 0)
        n = stratum.scope_evaluations
        upper = clopper_pearson_upper(x, n, error)
        lower = clopper_pearson_lower(x, n, error)
        outcome, bound, said = Outcome.UNDECIDED, upper, f"at most {at_most(upper)}"
        if upper <= limit:
            outcome = Outcome.MET
        elif lower > limit:
            outcome, bound, said = Outcome.NOT_MET, lower, f"at least {at_least(lower)}"
        yield Criterion(
            name="flag rate",
            outcome=outcome,
            sentence=f"{stratum.name}: {x} of {n} evaluations are flagged, {said} with"
            f" {percent(gate.confidence)} confidence ({percent(limit)} tolerated)",
            value=x / n,
            bound=bound,
            limit=float(limit),
            stratum=stratum.name,
        )


def _scope_flags(facts: Facts) -> dict[tuple[str, str, str], int] | None:
    if facts.daily is None:
        return None
    return {
        (cell[0], cell[1].value, cell[2]): sum(day.scope_flagged for day in days)
        for cell, days in facts.daily.strata()
    }


def _harms(strata: list[Stratum], gate: Gate, limit: int, facts: Facts) -> Iterator[Criterion]:
    if facts.daily is None or not strata:
        yield Criterion(
            name="harm",
            outcome=Outcome.UNDECIDED,
            sentence="nothing would be blocked in this window: the records cannot show what"
            " blocking does"
            if facts.daily is not None
            else "the requests were not counted by application",
            limit=limit,
        )
        return
    for stratum in strata:
        requests = facts.daily.requests_of(stratum.app)
        lower, upper = harm(stratum, gate, facts, requests)
        outcome, bound, said = Outcome.UNDECIDED, upper, f"at most {_shown(upper)}"
        if upper <= limit:
            outcome = Outcome.MET
        elif lower > limit:
            outcome, bound, said = Outcome.NOT_MET, lower, f"at least {lower:.1f}"
        yield Criterion(
            name="harm",
            outcome=outcome,
            sentence=f"{stratum.name}: {said} false blocks among {_PER} requests with"
            f" {percent(gate.confidence)} confidence ({limit} tolerated), from"
            f" {stratum.newly_blocked} newly blocked of {counted(requests, 'request')}",
            value=None,
            bound=bound,
            limit=limit,
            stratum=stratum.name,
        )


def harm(stratum: Stratum, gate: Gate, facts: Facts, requests: int) -> tuple[float, float]:
    """Lower and upper bound of the false blocks among 100,000 requests.

    What is newly blocked is a census, so only the share that is false is uncertain.
    """
    missing = missing_reviews(stratum, facts)
    error = float(1 - gate.confidence)
    x, n = stratum.false_positives, stratum.reviewed + missing
    bound = anytime_upper if gate.inference is Inference.ANYTIME else clopper_pearson_upper
    scale = stratum.newly_blocked / requests * _PER
    upper = bound(x + missing, n, error)
    return clopper_pearson_lower(x, n, error) * scale, upper * scale


def _budget(tally: Tally, limit: int) -> Criterion:
    count = tally.newly_blocked
    return Criterion(
        name="budget",
        outcome=Outcome.NOT_MET if count > limit else met(tally.scope_evaluations > 0),
        sentence=f"{counted(count, 'detection')} would be newly blocked ({limit} tolerated)",
        value=count,
        limit=limit,
    )


def _did_block(gate: Gate, limit: Fraction, facts: Facts) -> Criterion:
    """Whether the limited stage was in force, and not only written down."""
    days = facts.daily.days if facts.daily else ()
    wanted = sum(day.already_blocked for day in days)
    did = sum(day.engine_blocked for day in days)
    let = sum(day.engine_passed for day in days)
    known, error = did + let, float(1 - gate.confidence)
    outcome = Outcome.UNDECIDED
    bound = None
    sentence = "the limited scope blocks nothing in this window, so it has not been seen at work"
    if wanted:
        sentence = (
            f"of {counted(wanted, 'detection')} that the limited scope blocks, the engine blocked"
            f" {did} and let {let} through ({percent(limit)} asked for)"
        )
    if known:
        bound = clopper_pearson_upper(let, known, error)
        if bound <= 1 - limit or (not let and limit == 1):
            outcome = met(known == wanted)
        elif clopper_pearson_lower(let, known, error) > 1 - limit:
            outcome = Outcome.NOT_MET
    if wanted > known:
        sentence += f"; of {wanted - known} the records do not say"
    return Criterion(
        name="limited scope",
        outcome=outcome,
        sentence=sentence,
        value=did / known if known else None,
        bound=1 - bound if bound is not None else None,
        limit=float(limit),
    )


def _shown(value: float) -> str:
    return f"{-(-value * 10 // 1) / 10:.1f}"
