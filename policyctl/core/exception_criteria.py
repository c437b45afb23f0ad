"""Whether exceptions are few and have come to rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction

from policyctl.core.criterion import Criterion, Outcome, at_most, counted, met, percent
from policyctl.core.exception_weeks import ExceptionWeeks, exception_weeks
from policyctl.core.facts import Facts, complete_days
from policyctl.core.margin import compared
from policyctl.core.policy import Gate
from policyctl.core.tally import Tally

_DAY = timedelta(days=1)
_WEEK = 7


def exception_criteria(tally: Tally, gate: Gate, facts: Facts) -> Iterator[Criterion]:
    """What the gate asks about exceptions; nothing where it does not ask."""
    if gate.excepted is not None:
        yield _share(tally, gate.excepted, facts)
    if gate.exceptions_frozen is not None:
        yield _frozen(tally, gate.exceptions_frozen, facts)
    if gate.exception_hits is not None:
        yield from _hits(tally, gate.exception_hits, facts)


def hits_of(facts: Facts) -> dict[str, int]:
    """How many detections each exception of the policy let through, 0 included."""
    hits: Counter[str] = Counter()
    for item in facts.daily.exceptions if facts.daily else ():
        hits[item.exception] += item.hits
    return {name: hits[name] for name in sorted({*facts.exceptions, *hits})}


def _share(tally: Tally, limit: Fraction, facts: Facts) -> Criterion:
    """All exceptions together, and none of them more than half of that."""
    flagged = sum(stratum.flagged for stratum in tally.strata)
    excepted = sum(stratum.excepted for stratum in tally.strata)
    share = Fraction(excepted, flagged) if flagged else Fraction(0)
    sentence = (
        f"exceptions let {excepted} of {counted(flagged, 'flagged detection')} through"
        f" ({percent(limit)} tolerated)"
    )
    hits = hits_of(facts)
    largest = max(hits, key=lambda name: hits[name], default="")
    most = Fraction(hits[largest], flagged) if largest and flagged else Fraction(0)
    over = share > limit or most > limit / 2
    if share <= limit < 2 * most:
        sentence += f", {at_most(most)} of them by '{largest}' alone, more than half of that"
    unused = [name for name, count in hits.items() if not count]
    if unused:
        sentence += f"; nothing needed {', '.join(repr(name) for name in unused)}"
    return Criterion(
        name="excepted",
        outcome=Outcome.NOT_MET if over else met(flagged > 0 or not hits),
        sentence=sentence,
        value=float(share),
        limit=float(limit),
    )


def _frozen(tally: Tally, span: timedelta, facts: Facts) -> Criterion:
    asked = -(-span // _DAY)
    name = "stable exceptions"
    if not facts.exceptions_known:
        return Criterion(
            name=name,
            outcome=Outcome.UNDECIDED,
            sentence="the exceptions are not those that the ledger recorded, so it is not known"
            " when they were changed",
            limit=asked,
        )
    changed, last = facts.exceptions_changed, tally.last
    if changed is None:
        return Criterion(
            name=name,
            outcome=met(last is not None),
            sentence="no exception was ever added, changed or removed",
            limit=asked,
        )
    rested = max(0, (last - changed) // _DAY) if last is not None else 0
    sentence = (
        f"the records go on for {counted(rested, 'day')} after the last change of an exception on"
        f" {changed:%Y-%m-%d} ({asked} asked for)"
    )
    return Criterion(
        name=name,
        outcome=met(last is not None and last - changed >= span),
        sentence=sentence,
        value=rested,
        limit=asked,
        need=asked - rested if rested < asked else None,
    )


def _hits(tally: Tally, limit: Fraction, facts: Facts) -> Iterator[Criterion]:
    """One criterion for each exception."""
    name, high = "exception hits", float(1 + limit)
    if facts.daily is None or tally.last is None:
        said = "nothing was evaluated where the stage acts"
        if facts.daily is None:
            said = "the records were not counted day by day"
        yield Criterion(name=name, outcome=Outcome.UNDECIDED, sentence=said, limit=high)
        return
    found = exception_weeks(tally, facts)
    if not found:
        yield Criterion(
            name=name, outcome=Outcome.MET, sentence="the policy has no exception", limit=high
        )
    for item in found:
        yield _weekly_hits(name, item, limit, len(complete_days(tally)))


def _weekly_hits(name: str, item: ExceptionWeeks, limit: Fraction, days: int) -> Criterion:
    """The interval of 90 % lies within the margin, or outside, as for the flag rate."""
    high = float(1 + limit)
    ratio = item.ratio
    if ratio is None:
        short = len(item.hits) < 2  # noqa: PLR2004
        idle = not short and not any(item.hits)
        said = "was not needed in any complete week" if idle else "has no two weeks to compare"
        if short:
            said = f"has {counted(days, 'complete day')}, where two weeks are compared"
        return Criterion(
            name=name,
            outcome=met(idle),
            sentence=f"'{item.exception}' {said}",
            limit=high,
            need=2 * _WEEK - days if short else None,
        )
    outcome, said = compared(ratio, limit, "hits")
    return Criterion(
        name=name,
        outcome=outcome,
        sentence=f"'{item.exception}' let {counted(item.hits[-1], 'detection')} through in the last"
        f" week, for each evaluation {ratio.value:.2f} of the weeks before {said}",
        value=ratio.value,
        bound=ratio.upper if ratio.value >= 1 else ratio.lower,
        limit=high,
    )
