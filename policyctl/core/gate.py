"""The gate: what the evidence says about each thing that a promotion needs.

Three outcomes, because "not shown yet" is neither a yes nor a no. Nothing that was not measured is
ever met.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction

from policyctl.core.completeness import completeness_criteria
from policyctl.core.criterion import (
    Criterion,
    Outcome,
    at_most,
    counted,
    left_in_window,
    met,
    percent,
)
from policyctl.core.effect_criteria import effect_criteria
from policyctl.core.exception_criteria import exception_criteria
from policyctl.core.facts import NOTHING, Facts
from policyctl.core.false_positives import false_positives
from policyctl.core.picking import priced
from policyctl.core.policy import Gate
from policyctl.core.repeat_criteria import repeat_criteria
from policyctl.core.review_criteria import review_criteria
from policyctl.core.stability import stability_criteria
from policyctl.core.tally import Stratum, Tally

_DAY = timedelta(days=1)
_TOLERATED_ERRORS = Fraction(5, 1000)


def evaluate(tally: Tally, gate: Gate, facts: Facts = NOTHING) -> tuple[Criterion, ...]:
    """What the counts say about each criterion of the gate.

    Args:
        tally: the counts.
        gate: what is asked for.
        facts: what is known beside the counts; what the gate asks and is not known is undecided.
    """
    each = priced(gate, tally)
    return (
        *_scope(facts),
        _window(tally, gate),
        _records(tally, gate),
        _every_guardrail(tally),
        _errors(tally),
        _versions(tally),
        *completeness_criteria(tally, gate, facts),
        _reviewed(tally, gate),
        *review_criteria(gate, facts),
        *false_positives(tally, each, facts),
        *effect_criteria(tally, each, facts),
        *stability_criteria(tally, gate, facts),
        *exception_criteria(tally, gate, facts),
        *repeat_criteria(tally, each, facts),
    )


def _scope(facts: Facts) -> Iterator[Criterion]:
    """Said only where it is missing: without a scope, no number of records decides anything."""
    if not facts.scoped:
        yield Criterion(
            name="scope",
            outcome=Outcome.UNDECIDED,
            sentence="the policy does not say what 'limited' blocks first: write 'limited:' with"
            " guardrails, apps, cohorts or a share, and record it",
        )


def _window(tally: Tally, gate: Gate) -> Criterion:
    days, asked = tally.complete_days, -(-gate.window // _DAY)
    sentence = f"the records span {counted(days, 'complete day')} ({asked} asked for)"
    if days < asked:
        sentence += f": {counted(asked - days, 'more day')} needed"
    elif tally.missing_days:
        sentence += (
            f", but {counted(tally.missing_days, 'day')} without any record lie between them,"
            f" the first on {tally.first_missing_day}"
        )
    return Criterion(
        name="window",
        outcome=met(days >= asked and not tally.missing_days),
        sentence=sentence,
        value=days,
        limit=asked,
        need=asked - days if days < asked else None,
    )


def _records(tally: Tally, gate: Gate) -> Criterion:
    count = tally.scope_evaluations
    sentence = f"{counted(count, 'evaluation')} where the stage acts ({gate.records} asked for)"
    if count < gate.records:
        sentence += f": {gate.records - count} more needed"
    return Criterion(
        name="records",
        outcome=met(0 < count >= gate.records),
        sentence=sentence,
        value=count,
        limit=gate.records,
        need=gate.records - count if count < gate.records else None,
    )


def _every_guardrail(tally: Tally) -> Criterion:
    silent = tally.unevaluated
    if silent:
        others = f" and {len(silent) - 1} more were" if len(silent) > 1 else " was"
        sentence = f"{silent[0]}{others} never evaluated where the stage acts"
    elif not tally.scope_evaluations:
        sentence = "nothing was evaluated where the stage acts"
    else:
        sentence = "every guardrail was evaluated where the stage acts"
    return Criterion(
        name="every guardrail evaluated",
        outcome=met(not silent and tally.scope_evaluations > 0),
        sentence=sentence,
        value=len(silent),
        limit=0,
    )


def _errors(tally: Tally) -> Criterion:
    """Judged by the worst stratum: many good answers elsewhere must not hide it."""
    shares = [(_error_share(stratum), stratum) for stratum in tally.strata]
    worst, stratum = max(shares, key=lambda pair: pair[0], default=(Fraction(0), None))
    sentence = "no detector failed to answer"
    if not tally.scope_evaluations:
        sentence = "no detector answered where the stage acts"
    elif stratum is not None and worst:
        sentence = f"{at_most(worst)} of the evaluations of {stratum.name} are errors or time-outs"
    if worst > _TOLERATED_ERRORS:
        sentence += f": more than {percent(_TOLERATED_ERRORS)} hides what was not detected"
    return Criterion(
        name="detector errors",
        outcome=met(worst <= _TOLERATED_ERRORS and tally.scope_evaluations > 0),
        sentence=sentence,
        value=float(worst),
        limit=float(_TOLERATED_ERRORS),
        stratum=stratum.name if stratum and worst else "",
    )


def _error_share(stratum: Stratum) -> Fraction:
    asked = stratum.scope_evaluations + stratum.scope_errors
    return Fraction(stratum.scope_errors, asked) if asked else Fraction(0)


def _versions(tally: Tally) -> Criterion:
    mixed = [
        (stratum, detector, versions)
        for stratum in tally.strata
        if stratum.scope_evaluations
        for detector, versions in stratum.versions
        if len(versions) > 1
    ]
    sentence, name, most = "each detector kept its version", "", 1
    if not tally.scope_evaluations:
        sentence, most = "no detector answered where the stage acts", 0
    elif mixed:
        stratum, detector, versions = mixed[0]
        name, most = stratum.name, max(len(item[2]) for item in mixed)
        listed = ", ".join(version or "unknown" for version in versions)
        sentence = f"detector '{detector}' changed its version in {name}: {listed}"
    return Criterion(
        name="one detector version",
        outcome=met(most == 1),
        sentence=sentence,
        value=most,
        limit=1,
        stratum=name,
    )


def _reviewed(tally: Tally, gate: Gate) -> Criterion:
    count = tally.reviewed
    need = max(0, gate.reviewed - count)
    sentence = f"{counted(count, 'review')} of newly blocked detections ({gate.reviewed} asked for)"
    if need:
        sentence += f": {need} more needed{left_in_window(need, tally.newly_blocked - count)}"
    return Criterion(
        name="reviewed sample",
        outcome=met(0 < count >= gate.reviewed),
        sentence=sentence,
        value=count,
        limit=gate.reviewed,
        need=need or None,
    )
