"""The parts of the evidence report that tell of days, reviews, stability and escalation."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_CEILING, ROUND_FLOOR

from policyctl.core.effect_criteria import harm
from policyctl.core.escalation import TriggerState
from policyctl.core.evidence_number import decimal
from policyctl.core.exception_criteria import hits_of
from policyctl.core.exception_weeks import exception_weeks
from policyctl.core.facts import Facts
from policyctl.core.false_positives import alpha, promotable
from policyctl.core.intervals import weighted_upper
from policyctl.core.multiple_tests import benjamini_hochberg
from policyctl.core.picking import candidates, priced
from policyctl.core.policy import Gate, Promote
from policyctl.core.reviews import Reviews
from policyctl.core.stability import Stability, stabilities
from policyctl.core.tally import Tally

ALARM = 0.05


def further_parts(
    tally: Tally, gate: Gate, facts: Facts, triggers: Iterable[TriggerState]
) -> dict[str, object]:
    """What the report tells where days were counted; nothing where they were not."""
    if facts.daily is None:
        return {}
    found = stabilities(tally, facts)
    each = priced(gate, tally)
    return {
        "days": _days(facts),
        "requests": _requests(facts),
        "stability": [_stability(item) for item in found],
        "alarms": list(alarms(found)),
        "overall": _overall(tally, gate, facts),
        "alone": list(promotable(tally, gate, facts)),
        "harm": _harm(tally, each, facts),
        **_picked(tally, gate),
        "exceptions": hits_of(facts),
        **_exception_weeks(tally, facts),
        **_repeats(facts),
        "reviews": reviews_data(facts.reviews) if facts.reviews else None,
        "escalation": [
            {
                "when": item.trigger.when,
                "do": item.trigger.do,
                "notify": item.trigger.notify,
                "state": item.state.value,
                "apps": list(item.apps),
                "sentence": item.sentence,
            }
            for item in triggers
        ],
    }


def alarms(found: tuple[Stability, ...]) -> tuple[str, ...]:
    """The strata whose levels changed more than chance explains, among all that were looked at.

    Of the names given here, one in twenty is a false alarm on average.
    """
    tested = [(item.name, item.levels.p_value) for item in found if item.levels]
    adjusted = benjamini_hochberg([p_value for _, p_value in tested])
    return tuple(
        name for (name, _), p_value in zip(tested, adjusted, strict=True) if p_value <= ALARM
    )


def overall_bound(tally: Tally, gate: Gate, facts: Facts) -> tuple[float, float] | None:
    """Estimate and upper bound of the false share of all that would be newly blocked."""
    missing = facts.reviews.missing if facts.reviews else {}
    strata = []
    for item in tally.strata:
        if item.newly_blocked:
            more = missing.get((item.guardrail, item.direction, item.app), 0)
            counts = item.false_positives + more, item.reviewed + more, item.newly_blocked
            strata.append(counts)
    return weighted_upper(strata, alpha(gate)) if strata else None


def _picked(tally: Tally, gate: Gate) -> dict[str, object]:
    """By what each was judged where the gate allows to pick; nothing where it does not."""
    if gate.promote is Promote.ALL:
        return {}
    confidence = decimal(priced(gate, tally).confidence, ROUND_FLOOR)
    return {"picked": {"among": candidates(tally), "confidence": confidence}}


def _exception_weeks(tally: Tally, facts: Facts) -> dict[str, object]:
    """What each exception let through week by week; nothing where there is none."""
    weeks = {item.exception: list(item.hits) for item in exception_weeks(tally, facts)}
    return {"exception_weeks": weeks} if weeks else {}


def _repeats(facts: Facts) -> dict[str, object]:
    """What was said of messages seen again; nothing where nobody asked."""
    if facts.repeats is None:
        return {}
    return {
        "repeats": [
            {
                "guardrail": item.guardrail,
                "direction": item.direction.value,
                "app": item.app,
                "messages": item.messages,
                "same": item.same,
            }
            for item in facts.repeats
        ]
    }


def _days(facts: Facts) -> list[dict[str, object]]:
    return [
        {
            "guardrail": cell[0],
            "direction": cell[1].value,
            "app": cell[2],
            "counts": [
                f"{day.day} {day.evaluations} {day.errors} {day.flagged} {day.newly_blocked}"
                for day in days
            ],
            "levels": [sum(day.scope_levels[kind] for day in days) for kind in range(6)],
            "already_blocked": sum(day.already_blocked for day in days),
            "engine_blocked": sum(day.engine_blocked for day in days),
            "engine_passed": sum(day.engine_passed for day in days),
        }
        for cell, days in (facts.daily.strata() if facts.daily else ())
    ]


def _requests(facts: Facts) -> dict[str, object]:
    apps = sorted({item.app for item in facts.daily.requests}) if facts.daily else []
    counter = facts.counter
    return {
        "by_app": {app: facts.daily.requests_of(app) if facts.daily else 0 for app in apps},
        "counter": {"name": counter.name, "sha256": counter.sha256} if counter else None,
    }


def _stability(item: Stability) -> dict[str, object]:
    spread, ratio, shift = item.between_days, item.between_weeks, item.levels
    return {
        "stratum": item.name,
        "days": item.days,
        "between_days": {
            "rate": decimal(spread.rate),
            "chi_square": decimal(spread.chi_square),
            "freedom": spread.freedom,
            "p_value": decimal(spread.p_value),
            "factor": decimal(spread.factor),
            "variation": decimal(spread.variation),
        }
        if spread
        else None,
        "between_weeks": {
            "ratio": decimal(ratio.value),
            "lower": decimal(ratio.lower, ROUND_FLOOR),
            "upper": decimal(ratio.upper, ROUND_CEILING),
        }
        if ratio
        else None,
        "levels": {
            "index": decimal(shift.index),
            "chance": decimal(shift.line),
            "distance": decimal(shift.distance),
            "p_value": decimal(shift.p_value),
        }
        if shift
        else None,
    }


def _overall(tally: Tally, gate: Gate, facts: Facts) -> dict[str, object] | None:
    found = overall_bound(tally, gate, facts)
    if found is None:
        return None
    estimate, upper = found
    return {"estimate": decimal(estimate), "upper": decimal(min(upper, 1.0), ROUND_CEILING)}


def _harm(tally: Tally, gate: Gate, facts: Facts) -> list[dict[str, object]]:
    if facts.daily is None:
        return []
    found: list[dict[str, object]] = []
    for item in tally.strata:
        if item.newly_blocked:
            requests = facts.daily.requests_of(item.app)
            lower, upper = harm(item, gate, facts, requests)
            found.append(
                {
                    "stratum": item.name,
                    "lower": decimal(lower, ROUND_FLOOR),
                    "upper": decimal(upper, ROUND_CEILING),
                }
            )
    return found


def reviews_data(reviews: Reviews) -> dict[str, object]:
    """What the verdicts on the drawn sample say."""
    return {
        "name": reviews.name,
        "sha256": reviews.sha256,
        "size": reviews.size,
        "outside": reviews.outside,
        "outside_false": reviews.outside_false,
        "reviewers": list(reviews.reviewers),
        "twice": reviews.twice,
        "agreed": reviews.agreed,
        "kappa": decimal(reviews.kappa) if reviews.kappa is not None else None,
        "strata": [
            {
                "guardrail": item.sample.guardrail,
                "direction": item.sample.direction.value,
                "app": item.sample.app,
                "clusters": item.sample.clusters,
                "drawn": item.drawn,
                "reviewed": item.reviewed,
                "missing": item.missing,
                "false_positives": item.false_positives,
                "unsure": item.unsure,
                "disputed": item.disputed,
            }
            for item in reviews.strata
        ],
    }
