"""What a gate says about records: met, not met, or not shown yet, and how much is missing."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from policyctl.core.canonical import decode
from policyctl.core.criterion import Criterion, Outcome, verdict
from policyctl.core.evidence import RecordSource, evidence_bytes, report_on
from policyctl.core.gate import evaluate
from policyctl.core.levels import Level, Sensitivity
from policyctl.core.policy import Gate, Guardrail, Inference, Limited, Policy, PolicyException
from policyctl.core.record import Label, Record, Status
from policyctl.core.sides import Action, Direction
from policyctl.core.stages import Stage
from policyctl.core.tally import Stratum, Tally, tally

SCHEMA = Path(__file__).parents[2] / "schemas" / "evidence.v1.json"
START = datetime(2026, 10, 5, tzinfo=UTC)
GATE = Gate(
    window=timedelta(days=14),
    records=1000,
    reviewed=100,
    false_positives=Fraction(2, 100),
    confidence=Fraction(95, 100),
)
FIXED = replace(GATE, inference=Inference.FIXED)
CHAT = Limited(apps=("chat",))
STRATUM = Stratum(
    guardrail="prompt_attack",
    direction=Direction.INPUT,
    app="chat",
    evaluations=5000,
    scope_evaluations=5000,
    flagged=500,
    newly_blocked=500,
    reviewed=300,
    versions=(("prompt_attack", ("1.0",)),),
)
TALLY = Tally(
    strata=(STRATUM,),
    records=5000,
    outside=0,
    requests=5000,
    first=START,
    last=START + timedelta(days=20),
    missing_days=0,
    first_missing_day=None,
    unevaluated=(),
)


def policy(stage, *, limited=CHAT, **more):
    return Policy(
        id="support",
        name="Support",
        purpose="Answers questions.",
        use_case="public-facing",
        data_sensitivity="internal",
        owner="team",
        stage=stage,
        sensitivity=Sensitivity.L2,
        guardrails=more.pop("guardrails", (guardrail("prompt_attack"),)),
        limited=limited,
        **more,
    )


def guardrail(detector, **more):
    more = {"direction": Direction.INPUT, "sensitivity": Sensitivity.L2} | more
    return Guardrail(detector=detector, action=Action.BLOCK, **more)


def record(number, **more):
    more.setdefault("time", START + timedelta(hours=number))
    more.setdefault("request_id", f"r{number}")
    more = {"app": "chat", "level": Level.L1_CONFIDENT, "status": Status.OK, "key": "k"} | more
    return Record(**{"direction": Direction.INPUT, "detector": "prompt_attack"} | more)


def counts(records, new=None, old=None):
    return tally(records, old or policy(Stage.LOGGING), new or policy(Stage.LIMITED))


def criterion(found, name, gate=GATE):
    (only,) = (item for item in evaluate(found, gate) if item.name == name)
    return only


def false_positives(gate=GATE, **more):
    changed = replace(TALLY, strata=(replace(STRATUM, **more),))
    return criterion(changed, "false positives", gate)


# Counting


def test_only_what_the_new_stage_blocks_and_the_old_one_did_not_is_newly_blocked():
    records = [
        record(1),
        record(2, level=Level.L2_VERY_LIKELY, label=Label.TRUE_POSITIVE),
        record(3, level=Level.L3_LIKELY),
        record(4, level=None),
        record(5, app="shop"),
    ]

    to_limited = counts(records)
    to_enforce = counts(records, policy(Stage.ENFORCE), policy(Stage.LIMITED))

    chat, shop = to_limited.strata
    assert (chat.evaluations, chat.flagged, chat.newly_blocked, chat.reviewed) == (4, 2, 2, 1)
    assert (shop.evaluations, shop.flagged, shop.newly_blocked) == (1, 1, 0)
    assert [stratum.newly_blocked for stratum in to_enforce.strata] == [0, 1]


def test_an_unsure_review_counts_as_a_false_positive():
    labels = [None, Label.UNSURE, Label.FALSE_POSITIVE, Label.TRUE_POSITIVE]

    (found,) = counts(record(n, label=label) for n, label in enumerate(labels)).strata

    assert (found.newly_blocked, found.reviewed, found.false_positives) == (4, 3, 2)
    assert (found.unsure, found.unreviewed) == (1, 1)


def test_an_error_is_not_an_evaluation():
    statuses = [Status.OK, Status.ERROR, Status.TIMEOUT]

    (found,) = counts(record(n, level=None, status=s) for n, s in enumerate(statuses)).strata

    assert (found.evaluations, found.errors) == (1, 2)
    assert (found.scope_evaluations, found.scope_errors) == (1, 2)


def test_an_excepted_detection_is_not_newly_blocked():
    exception = PolicyException(
        id="EX-1",
        guardrail="prompt_attack",
        reason="r",
        owner="o",
        expires=date(2026, 10, 5),
        apps=("chat",),
    )
    new = policy(Stage.LIMITED, exceptions=(exception,))

    (found,) = counts([record(1), record(30)], new).strata

    assert (found.flagged, found.excepted, found.newly_blocked) == (2, 1, 1)


def test_records_that_no_guardrail_of_the_policy_covers_are_outside():
    guardrails = (guardrail("prompt_attack"), guardrail("secrets", enabled=False))
    new = policy(Stage.LIMITED, guardrails=guardrails, apps=("chat",))
    records = [
        record(1),
        record(2, direction=Direction.OUTPUT),
        record(3, detector="pii/email"),
        record(4, detector="secrets"),
        record(5, app="another-policy's-app"),
    ]

    found = counts(records, new)

    assert (found.records, found.outside, found.requests) == (5, 4, 4)


def test_a_request_is_counted_once_a_day_application_and_cohort():
    records = [
        record(1, request_id="r"),
        record(2, request_id="r", detector="secrets"),
        record(3, request_id="r", app="shop"),
        record(4, request_id="r", cohort="staff"),
        record(25, request_id="r"),
    ]

    assert counts(records).requests == 4


def test_a_family_of_detectors_is_one_stratum_and_each_keeps_its_own_version():
    guardrails = (guardrail("pii"),)
    records = [
        record(1, detector="pii/email", detector_version="1"),
        record(1, detector="pii/phone", detector_version="2"),
    ]

    found = counts(records, policy(Stage.LIMITED, guardrails=guardrails))

    assert found.requests == 1
    assert found.strata[0].guardrail == "pii"
    assert found.strata[0].versions == (("pii/email", ("1",)), ("pii/phone", ("2",)))
    assert criterion(found, "one detector version").outcome is Outcome.MET


def test_traffic_that_the_stage_does_not_act_on_gives_no_volume_and_no_window():
    records = [record(n, app="shop") for n in range(100)] + [record(50), record(60)]

    found = counts(records)

    assert found.scope_evaluations == 2
    assert (found.first, found.last) == (record(50).time, record(60).time)


def test_the_share_of_keys_does_not_lower_the_volume():
    limited = Limited(share=Fraction(1, 10), key="user_id", salt="s")
    records = [record(n, key=f"k{n}") for n in range(300)]

    found = counts(records, policy(Stage.LIMITED, limited=limited))

    assert found.scope_evaluations == 300
    assert 0 < found.newly_blocked < 100


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (START, START, 0),
        (START, START + timedelta(days=1), 1),
        (START + timedelta(seconds=1), START + timedelta(days=2), 1),
        (START + timedelta(seconds=1), START + timedelta(hours=23), 0),
        (START, START + timedelta(days=14, seconds=-1), 13),
    ],
)
def test_only_whole_days_count(first, last, days):
    assert replace(TALLY, first=first, last=last).complete_days == days


def test_a_day_without_any_record_is_missing():
    found = counts([record(0), record(30), record(24 * 4), record(24 * 5)])

    assert (found.missing_days, found.first_missing_day) == (2, date(2026, 10, 7))


def test_a_guardrail_that_never_ran_where_the_stage_acts_is_named():
    guardrails = (guardrail("pii"), guardrail("prompt_attack"), guardrail("secrets", enabled=False))
    new = policy(Stage.ENFORCE, guardrails=guardrails, apps=("chat", "shop"))

    found = counts([record(1), record(2, app="shop"), record(3, detector="pii/email")], new)

    assert found.unevaluated == ("pii (input) in shop",)
    assert criterion(found, "every guardrail evaluated").sentence == (
        "pii (input) in shop was never evaluated where the stage acts"
    )


def test_a_guardrail_outside_of_the_limited_scope_need_not_have_run():
    guardrails = (guardrail("pii"), guardrail("prompt_attack"), guardrail("secrets"))
    limited = Limited(guardrails=("prompt_attack", "pii/email"))
    new = policy(Stage.LIMITED, guardrails=guardrails, limited=limited)

    found = counts([record(1), record(2, detector="pii/email")], new)

    assert found.unevaluated == ()


def test_a_limited_stage_without_a_scope_has_nothing_to_show():
    found = counts([record(1)], policy(Stage.LIMITED, limited=None))

    assert found.scope_evaluations == 0
    assert verdict(evaluate(found, GATE)) is Outcome.UNDECIDED


# The criteria


def test_all_that_is_asked_for_is_met():
    found = evaluate(TALLY, GATE)

    assert [item.outcome for item in found] == [Outcome.MET] * 7
    assert [item.name for item in found] == [
        "window",
        "records",
        "every guardrail evaluated",
        "detector errors",
        "one detector version",
        "reviewed sample",
        "false positives",
    ]


@pytest.mark.parametrize(
    ("name", "change", "need", "sentence"),
    [
        (
            "window",
            {"last": START + timedelta(days=13)},
            1,
            "the records span 13 complete days (14 asked for): 1 more day needed",
        ),
        (
            "window",
            {"missing_days": 2, "first_missing_day": date(2026, 10, 7)},
            None,
            (
                "the records span 20 complete days (14 asked for), but 2 days without any record"
                " lie between them, the first on 2026-10-07"
            ),
        ),
        (
            "records",
            {"strata": (replace(STRATUM, scope_evaluations=999),)},
            1,
            "999 evaluations where the stage acts (1000 asked for): 1 more needed",
        ),
        (
            "every guardrail evaluated",
            {"unevaluated": ("pii (input)", "secrets (output)")},
            None,
            "pii (input) and 1 more were never evaluated where the stage acts",
        ),
        (
            "detector errors",
            {"strata": (STRATUM, replace(STRATUM, app="shop", scope_errors=26))},
            None,
            (
                "0.52% of the evaluations of prompt_attack (input) in shop are errors or time-outs:"
                " more than 0.5% hides what was not detected"
            ),
        ),
        (
            "one detector version",
            {"strata": (replace(STRATUM, versions=(("prompt_attack", ("", "1.1")),)),)},
            None,
            (
                "detector 'prompt_attack' changed its version in prompt_attack (input) in chat:"
                " unknown, 1.1"
            ),
        ),
        (
            "reviewed sample",
            {"strata": (replace(STRATUM, newly_blocked=60, reviewed=43),)},
            57,
            (
                "43 reviews of newly blocked detections (100 asked for): 57 more needed (only 17"
                " unreviewed detections are left in the window: record for longer or widen the"
                " scope)"
            ),
        ),
    ],
)
def test_what_is_missing_leaves_its_criterion_undecided(name, change, need, sentence):
    found = criterion(replace(TALLY, **change), name)

    assert found.outcome is Outcome.UNDECIDED
    assert found.need == need
    assert found.sentence == sentence


def test_a_few_errors_are_tolerated_and_told():
    found = criterion(
        replace(TALLY, strata=(replace(STRATUM, scope_errors=25),)), "detector errors"
    )

    assert found.outcome is Outcome.MET
    assert found.sentence == (
        "0.50% of the evaluations of prompt_attack (input) in chat are errors or time-outs"
    )


def test_without_any_evaluation_nothing_is_met():
    found = evaluate(counts([]), GATE)

    assert {item.outcome for item in found} == {Outcome.UNDECIDED}


def test_errors_alone_are_not_an_evaluation():
    found = evaluate(counts([record(1, level=None, status=Status.ERROR)]), GATE)

    assert {item.outcome for item in found} == {Outcome.UNDECIDED}


def test_if_nothing_would_be_blocked_the_records_cannot_show_what_blocking_does():
    found = false_positives(newly_blocked=0, reviewed=0)

    assert found.outcome is Outcome.UNDECIDED
    assert found.sentence == (
        "nothing would be blocked in this window: the records cannot show what blocking does"
    )


def test_a_stratum_in_which_nothing_is_newly_blocked_needs_no_review():
    quiet = replace(STRATUM, app="shop", newly_blocked=0, reviewed=0)

    found = evaluate(replace(TALLY, strata=(STRATUM, quiet)), GATE)

    assert [item.stratum for item in found if item.name == "false positives"] == [STRATUM.name]


@pytest.mark.parametrize(
    ("x", "n", "anytime", "fixed"),
    [
        (0, 149, "undecided", "met"),
        (0, 148, "undecided", "undecided"),
        (0, 99, "undecided", "undecided"),
        (0, 188, "met", "met"),
        (1, 236, "undecided", "met"),
        (1, 235, "undecided", "undecided"),
        (0, 0, "undecided", "undecided"),
        (1, 1, "not_met", "not_met"),
        (4, 60, "not_met", "not_met"),
        (3, 60, "undecided", "undecided"),
        (40, 300, "not_met", "not_met"),
    ],
)
def test_the_verdict_on_false_positives_is_one_of_three(x, n, anytime, fixed):
    counted = {"false_positives": x, "reviewed": n}

    assert false_positives(**counted).outcome is Outcome(anytime)
    assert false_positives(FIXED, **counted).outcome is Outcome(fixed)


def test_an_anytime_gate_says_how_many_reviews_are_missing():
    found = false_positives(reviewed=150)

    assert found.need == 38
    assert found.sentence == (
        "prompt_attack (input) in chat: 0 false of 150 reviewed, at most 2.50% with 95% confidence"
        " however often one looks, 1.98% at one look, where 2% is tolerated: 38 more reviews"
        " needed if none of them is a false positive"
    )


def test_a_fixed_gate_waits_for_the_number_that_was_written_down():
    waiting = false_positives(replace(FIXED, reviewed=250), reviewed=200)
    failing = false_positives(FIXED, reviewed=200, false_positives=1)

    assert (waiting.outcome, waiting.need) == (Outcome.UNDECIDED, 50)
    assert (failing.outcome, failing.need) == (Outcome.UNDECIDED, 36)


def test_reviews_that_the_window_does_not_hold_are_said_to_be_missing():
    found = false_positives(reviewed=150, newly_blocked=167)

    assert found.sentence.endswith(
        "38 more reviews needed if none of them is a false positive (only 17 unreviewed detections"
        " are left in the window: record for longer or widen the scope)"
    )


def test_a_refuted_limit_names_the_lower_bound():
    found = false_positives(reviewed=90, false_positives=31)

    assert found.need is None
    assert found.bound == pytest.approx(0.261375, abs=1e-6)
    assert found.sentence == (
        "prompt_attack (input) in chat: 31 false of 90 reviewed, at least 26.13% with 95%"
        " confidence, more than 2%"
    )


def test_a_limit_of_zero_cannot_be_shown():
    found = false_positives(replace(GATE, false_positives=Fraction(0)))

    assert (found.outcome, found.need) == (Outcome.UNDECIDED, None)
    assert found.sentence.endswith(", and no number of reviews can show a share of 0%")


def test_one_bad_application_is_not_hidden_by_a_good_one():
    bad = replace(STRATUM, app="shop", reviewed=50, false_positives=25)
    good = replace(STRATUM, newly_blocked=100_000, reviewed=100_000)

    assert verdict(evaluate(replace(TALLY, strata=(good, bad)), GATE)) is Outcome.NOT_MET


@given(st.integers(0, 20), st.integers(0, 400), st.sampled_from([GATE, FIXED]))
@settings(deadline=None, max_examples=60)
def test_the_reviews_that_are_said_to_be_missing_are_enough_and_not_one_too_many(x, more, gate):
    found = false_positives(gate, reviewed=x + more, false_positives=x, newly_blocked=10**6)
    if found.need is None:
        return
    enough = x + more + found.need

    assert found.need > 0
    for n, outcome in ((enough, Outcome.MET), (enough - 1, Outcome.UNDECIDED)):
        after = false_positives(gate, reviewed=n, false_positives=x, newly_blocked=10**6)
        assert after.outcome is outcome


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        (["met", "met"], "met"),
        (["met", "undecided"], "undecided"),
        (["undecided", "not_met", "met"], "not_met"),
        ([], "undecided"),
    ],
)
def test_the_verdict_is_met_only_if_everything_is(outcomes, expected):
    found = [Criterion(name="n", outcome=Outcome(text), sentence="s") for text in outcomes]

    assert verdict(found) is Outcome(expected)


# The report


def report(records, gate=GATE):
    return report_on(
        counts(records),
        gate,
        policy="support",
        source=Stage.LOGGING,
        target=Stage.LIMITED,
        policy_digest="ab" * 32,
        baseline="public-facing@1",
        baseline_digest="cd" * 32,
        sources=(RecordSource(name="records.jsonl", sha256="ef" * 32, lines=400),),
    )


def traffic():
    labels = [Label.TRUE_POSITIVE, Label.TRUE_POSITIVE, Label.UNSURE, None]
    return [
        record(n, app=("chat", "shop")[n % 2], label=labels[n % 4], detector_version="1.0")
        for n in range(400)
    ]


def test_the_report_is_the_same_bytes_for_the_same_records_in_any_order():
    records = traffic()
    shuffled = random.Random(7).sample(records, len(records))

    assert evidence_bytes(report(records)) == evidence_bytes(report(traffic()))
    assert evidence_bytes(report(records)) == evidence_bytes(report(shuffled))


@pytest.mark.parametrize("records", [traffic(), []], ids=["some records", "no record"])
def test_the_schema_describes_the_report(records):
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)

    Draft202012Validator(schema).validate(decode(evidence_bytes(report(records))))


def test_the_report_spells_numbers_as_text_and_rounds_bounds_outwards():
    data = decode(evidence_bytes(report(traffic())))

    chat = data["strata"][0]
    assert chat["flag_rate"] == "1.000000"
    assert (chat["reviewed"], chat["false_positives"], chat["unsure"]) == (200, 100, 100)
    assert data["gate"]["false_positives"] == "0.020000"
    assert data["criteria"][-1]["bound"] == chat["false_positive_bounds"]["lower"]
    assert data["verdict"] == "not_met"


def test_a_met_report_never_shows_a_bound_above_its_limit():
    found = report_on(
        TALLY,
        GATE,
        policy="support",
        source=Stage.LOGGING,
        target=Stage.LIMITED,
        policy_digest="ab" * 32,
        sources=(),
    )
    data = decode(evidence_bytes(found))

    assert data["verdict"] == "met"
    assert data["baseline"] is None
    assert data["criteria"][-1]["bound"] <= data["criteria"][-1]["limit"]
