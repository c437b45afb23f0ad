"""Whoever promotes only what passes has looked in several places, and pays for that."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from policyctl.core.canonical import decode
from policyctl.core.criterion import Outcome
from policyctl.core.daily import Daily, RequestDay
from policyctl.core.evidence import evidence_bytes, report_on
from policyctl.core.facts import NOTHING, Facts
from policyctl.core.false_positives import promotable, shown
from policyctl.core.gate import evaluate
from policyctl.core.picking import candidates, priced
from policyctl.core.planning import planned
from policyctl.core.policy import Gate, Inference, Promote
from policyctl.core.sides import Direction
from policyctl.core.stages import Stage
from policyctl.core.tally import Stratum, Tally

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "schemas/evidence.v1.json").read_text(encoding="utf-8")
)
START = datetime(2026, 10, 5, tzinfo=UTC)
TOLERATED = Fraction(5, 100)
REQUESTS = (RequestDay(day=START.date(), app="chat", requests=10_000),)
FACTS = Facts(daily=Daily(requests=REQUESTS), target=Stage.LIMITED)
PICKING = Gate(reviewed=10, false_positives=TOLERATED, promote=Promote.SUBSET)


def stratum(app, *, reviewed=0, false=0, newly=500, **more):
    counts = {"evaluations": 10_000, "scope_evaluations": 10_000, "flagged": 500, **more}
    return Stratum(
        guardrail="prompt_attack",
        direction=Direction.INPUT,
        app=app,
        newly_blocked=newly,
        reviewed=reviewed,
        false_positives=false,
        **counts,
    )


def tally_of(*strata):
    return Tally(
        strata=strata,
        records=10_000,
        outside=0,
        requests=10_000,
        first=START,
        last=START + timedelta(days=28),
        missing_days=0,
        first_missing_day=None,
        unevaluated=(),
    )


def left_out(app):
    """What the scope does not take in, although the policy flags something there."""
    return stratum(app, newly=0, scope_evaluations=0)


def outcomes(tally, gate, name="false positives", facts=NOTHING):
    return [item.outcome for item in evaluate(tally, gate, facts) if item.name == name]


def test_what_was_left_out_of_the_scope_was_looked_at_too():
    quiet = stratum("quiet", newly=0, flagged=0)
    excepted = stratum("excepted", newly=0, flagged=7, excepted=7)
    found = tally_of(stratum("chat"), left_out("shop"), quiet, excepted)

    assert candidates(found) == 2
    assert priced(PICKING, found).confidence == Fraction(975, 1000)


def test_a_scope_that_was_fixed_before_pays_nothing():
    found = tally_of(stratum("chat", reviewed=100), left_out("shop"))
    gate = replace(PICKING, promote=Promote.ALL)

    assert priced(gate, found) == gate
    assert b"picked" not in evidence_bytes(report(found, gate))


@pytest.mark.parametrize(("others", "outcome"), [(0, Outcome.MET), (4, Outcome.UNDECIDED)])
def test_evidence_that_is_enough_for_one_is_not_enough_for_the_best_of_five(others, outcome):
    found = tally_of(
        stratum("chat", reviewed=80), *(left_out(f"app{number}") for number in range(others))
    )

    assert outcomes(found, PICKING) == [outcome]
    assert outcomes(found, replace(PICKING, promote=Promote.ALL)) == [Outcome.MET]


def test_harm_and_flag_rate_pay_as_well():
    asked = replace(PICKING, harm=300, flag_rate=TOLERATED)
    found = tally_of(stratum("chat", reviewed=80), left_out("a"), left_out("b"), left_out("c"))
    alone = tally_of(stratum("chat", reviewed=80))

    for name in ("harm", "flag rate"):
        one, other = (
            next(item for item in evaluate(counts, asked, FACTS) if item.name == name)
            for counts in (found, alone)
        )
        assert other.bound < one.bound
        assert "with 98.75% confidence" in one.sentence


def test_what_evidence_names_passes_once_the_scope_is_narrowed_to_it():
    good = stratum("good", reviewed=160)
    fair = stratum("fair", reviewed=80)
    whole = tally_of(good, fair, stratum("bad", reviewed=100, false=40))

    assert promotable(whole, PICKING) == (good.name,)
    narrowed = tally_of(good, left_out("fair"), left_out("bad"))
    assert outcomes(narrowed, PICKING) == [Outcome.MET]


def test_picking_the_best_of_twenty_bad_ones_passes_no_more_often_than_one_bad_one():
    """Twenty as bad as is tolerated; by itself, each passes one look with 5 %."""
    draw, size, runs = random.Random(6), 234, 400
    gate = replace(PICKING, inference=Inference.FIXED, reviewed=size)
    paid = free = 0
    for _ in range(runs):
        least = min(sum(draw.random() < TOLERATED for _ in range(size)) for _ in range(20))
        best = tally_of(
            stratum("best", reviewed=size, false=least),
            *(left_out(f"app{number}") for number in range(19)),
        )
        paid += shown(least, size, priced(gate, best))
        free += shown(least, size, gate)

    assert paid / runs < 0.05 + 3 * (0.05 * 0.95 / runs) ** 0.5
    assert free / runs > 0.5


def report(found, gate):
    return report_on(
        found,
        gate,
        policy="support",
        source=Stage.LOGGING,
        target=Stage.LIMITED,
        policy_digest="a" * 64,
        sources=(),
        facts=FACTS,
    )


def test_the_report_says_among_how_many_was_picked():
    found = tally_of(stratum("chat", reviewed=160), left_out("shop"), left_out("app"))
    data = decode(evidence_bytes(report(found, PICKING)))

    assert list(Draft202012Validator(SCHEMA).iter_errors(data)) == []
    assert data["gate"]["promote"] == "subset"
    assert data["gate"]["confidence"] == "0.950000"
    assert data["picked"] == {"among": 3, "confidence": "0.983333"}
    assert data["alone"] == ["prompt_attack (input) in chat"]


@pytest.mark.parametrize(("among", "reviews"), [(1, 234), (5, 398), (20, 529), (50, 617)])
def test_the_plan_grows_with_what_could_have_been_picked(among, reviews):
    found = tally_of(*(left_out(f"app{number}") for number in range(among)))
    error = float(1 - priced(PICKING, found).confidence)

    assert planned(0.05, 0.02, error, 0.8).reviews == reviews
