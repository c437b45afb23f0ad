"""Whether exceptions are few and have come to rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction

from policyctl.core.criterion import Criterion, Outcome, at_most, counted, met, percent
from policyctl.core.facts import Facts
from policyctl.core.policy import Gate
from policyctl.core.tally import Tally

_DAY = timedelta(days=1)


def exception_criteria(tally: Tally, gate: Gate, facts: Facts) -> Iterator[Criterion]:
    """What the gate asks about exceptions; nothing where it does not ask."""
    if gate.excepted is not None:
        yield _share(tally, gate.excepted, facts)
    if gate.exceptions_frozen is not None:
        yield _frozen(tally, gate.exceptions_frozen, facts)


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
