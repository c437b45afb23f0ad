"""What a gate's report says beside its criteria, in every format the same."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.criterion import Outcome, at_most, counted, percent
from policyctl.core.evidence import EvidenceReport
from policyctl.core.evidence_parts import alarms, overall_bound
from policyctl.core.exception_criteria import hits_of
from policyctl.core.exception_weeks import exception_weeks
from policyctl.core.false_positives import promotable
from policyctl.core.picking import candidates
from policyctl.core.policy import Promote
from policyctl.core.stability import stabilities

STATES = {"fired": "fired", "not_fired": "not fired", "undecided": "cannot be judged"}
_WEEKS = 8
WORDS = {
    Outcome.MET: "met",
    Outcome.NOT_MET: "not met",
    Outcome.UNDECIDED: "not yet decidable",
}


def notes(report: EvidenceReport) -> Iterator[tuple[str, str]]:
    """Topic and sentence of each thing that there is to say."""
    tally, facts = report.tally, report.facts
    strata = [stratum for stratum in tally.strata if stratum.newly_blocked]
    if facts.daily is not None and len(strata) > 1:
        found = overall_bound(tally, report.gate, facts)
        if found and any(stratum.reviewed for stratum in strata):
            yield "together", f"at most {at_most(min(found[1], 1.0))} of all that is newly blocked"
        alone = promotable(tally, report.gate, facts)
        if alone and report.verdict is not Outcome.MET:
            yield "alone", f"shown to be good enough by themselves: {'; '.join(alone)}"
    if report.gate.promote is Promote.SUBSET:
        among = candidates(tally)
        yield (
            "picked",
            (
                f"each is judged as one of {among} that could have been picked, with"
                f" {percent(report.each.confidence)} confidence"
            ),
        )
    shifted = alarms(stabilities(tally, facts))
    if shifted:
        yield (
            "levels",
            f"the mix changed in the last week more than by chance: {'; '.join(shifted)}",
        )
    weeks = {item.exception: item.hits for item in exception_weeks(tally, facts)}
    for name, count in hits_of(facts).items():
        said = (
            f"let {counted(count, 'detection')} through" if count else "was not needed: remove it"
        )
        yield "exception", f"{name} {said}{_by_week(weeks.get(name, ()))}"
    for item in report.triggers:
        whom = f", tell {item.trigger.notify}" if item.trigger.notify else ""
        what = f"{item.trigger.when} ({item.trigger.do}{whom})"
        yield "escalation", f"{STATES[item.state.value]}: {what}: {item.sentence}"
    if report.carries_until is not None:
        yield "expires", f"carries a promotion until {report.carries_until} (UTC)"
    if facts.reviews is not None:
        yield "reviews", f"{facts.reviews.name} (sha256 {facts.reviews.sha256[:12]}…)"
    sources = ", ".join(
        f"{item.name} ({item.lines} lines, sha256 {item.sha256[:12]}…)" for item in report.sources
    )
    yield "records", sources
    yield "traffic", f"{tally.requests} requests, {tally.outside} records outside the policy"


def _by_week(hits: tuple[int, ...]) -> str:
    """The hits of the last complete weeks, where there was one."""
    if not any(hits):
        return ""
    shown = ", ".join(map(str, hits[-_WEEKS:]))
    return f" ({shown} in the last {counted(len(hits[-_WEEKS:]), 'complete week')})"
