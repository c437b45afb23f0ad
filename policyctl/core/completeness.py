"""Whether the records hold all requests, by a counter that has nothing to do with the detectors."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from policyctl.core.criterion import Criterion, Outcome, at_least, counted, met, percent
from policyctl.core.facts import Facts, complete_days
from policyctl.core.policy import Gate
from policyctl.core.tally import Tally

_LEAST = Fraction(995, 1000)


def completeness_criteria(tally: Tally, gate: Gate, facts: Facts) -> Iterator[Criterion]:
    """A criterion for each application, if the gate asks or a counter is there."""
    if facts.counter is None:
        if gate.completeness is not None:
            yield Criterion(
                name="completeness",
                outcome=Outcome.UNDECIDED,
                sentence="no independent count of the requests was given"
                f" ({percent(gate.completeness)} of them asked for)",
                limit=float(gate.completeness),
            )
        return
    yield from _by_application(tally, gate, facts)


def _by_application(tally: Tally, gate: Gate, facts: Facts) -> Iterator[Criterion]:
    days = complete_days(tally)
    requests = facts.daily.requests if facts.daily else ()
    recorded = {(item.day, item.app): item.requests for item in requests}
    counts = facts.counter.requests if facts.counter else {}
    for app in sorted({stratum.app for stratum in tally.strata if stratum.scope_evaluations}):
        known = [day for day in days if (day, app) in counts]
        # More records than requests on one day must not hide what another day lost.
        seen = sum(min(counts[day, app], recorded.get((day, app), 0)) for day in known)
        total = sum(counts[day, app] for day in known)
        yield _application(app, seen, total, len(days) - len(known), gate.completeness)


def _application(app: str, seen: int, total: int, gaps: int, asked: Fraction | None) -> Criterion:
    least = _LEAST if asked is None else asked
    whose = "asked for" if asked is not None else "is the least where a counter is given"
    share = Fraction(seen, total) if total else Fraction(0)
    sentence = f"{app}: no request was counted on the complete days of the window"
    if total:
        sentence = (
            f"{app}: {seen} of {counted(total, 'counted request')} have records,"
            f" {at_least(float(share))} ({percent(least)} {whose})"
        )
    if total and gaps:
        sentence += f"; {counted(gaps, 'complete day')} of the window were not counted"
    short = total > 0 and share < least
    return Criterion(
        name="completeness",
        outcome=Outcome.NOT_MET if short else met(total > 0 and not gaps),
        sentence=sentence,
        value=float(share) if total else None,
        limit=float(least),
        stratum=app,
    )
