"""Recorded traffic decided under two policies: what is counted, and what cannot be said."""

from __future__ import annotations

import hashlib
import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest

from policyctl.core.bucket import bucket
from policyctl.core.decision import Verdict, decide
from policyctl.core.levels import Level, Sensitivity
from policyctl.core.policy import Gate, Guardrail, Inference, Limited, Policy, PolicyException
from policyctl.core.record import Label, Record, Status
from policyctl.core.replay import EXAMPLES, Kind
from policyctl.core.replaying import replay
from policyctl.core.sensitivity_choice import choices_of, level_counts
from policyctl.core.sides import Action, Direction
from policyctl.core.stages import Stage

START = datetime(2026, 10, 5, tzinfo=UTC)
L1, L2, L3, L4, L5 = Level


def guardrail(detector="pii", sensitivity=Sensitivity.L2, **more):
    more = {"direction": Direction.INPUT, "action": Action.BLOCK} | more
    return Guardrail(detector=detector, sensitivity=sensitivity, **more)


def policy(*guardrails, stage=Stage.ENFORCE, **more):
    return Policy(
        id="support",
        name="Support",
        purpose="Answers questions.",
        use_case="public-facing",
        data_sensitivity="internal",
        owner="team",
        stage=stage,
        sensitivity=Sensitivity.L2,
        guardrails=guardrails or (guardrail(),),
        **more,
    )


def record(number, level=L2, **more):
    more.setdefault("time", START + timedelta(hours=number))
    more.setdefault("request_id", f"r{number}")
    more.setdefault("key", more["request_id"])
    more = {"app": "chat", "status": Status.OK, "detector": "pii/email"} | more
    return Record(level=level, direction=Direction.INPUT, **more)


def at(sensitivity, **more):
    return policy(guardrail(sensitivity=sensitivity), **more)


def places(found):
    return [
        (item.place.guardrail, item.place.app, item.place.old.value, item.place.new.value)
        for item in found.changed
    ]


def test_a_policy_replayed_against_itself_changes_nothing():
    records = [record(number, level) for number, level in enumerate([*Level, None])]

    found = replay(records, policy(), policy())

    assert (found.changed, found.newly_blocked, found.judged) == ((), 0, True)
    assert (found.records, found.evaluations, found.requests) == (6, 6, 6)


def test_what_one_direction_newly_blocks_the_other_no_longer_blocks():
    records = [record(number, level) for number, level in enumerate([*Level, L3])]

    tighter = replay(records, at(Sensitivity.L2), at(Sensitivity.L3))
    looser = replay(records, at(Sensitivity.L3), at(Sensitivity.L2))

    assert places(tighter) == [("pii", "chat", "allow", "block")]
    assert places(looser) == [("pii", "chat", "block", "allow")]
    assert tighter.newly_blocked == looser.events(Kind.NO_LONGER_BLOCKED) == 2
    assert tighter.changed[0].examples == looser.changed[0].examples


def test_changed_decisions_are_counted_by_day_and_session_and_with_their_reviews():
    labels = [Label.TRUE_POSITIVE, Label.FALSE_POSITIVE, Label.UNSURE, None]
    records = [
        record(20 + number, L3, label=label, session_id="s" if number < 3 else "")
        for number, label in enumerate(labels)
    ] + [record(30, L3, key="r23"), record(31, L3, session_id="s")]

    (found,) = replay(records, at(Sensitivity.L2), at(Sensitivity.L3)).changed

    first, second = found.days
    assert (first.day, first.events, first.first_hits) == (date(2026, 10, 5), 4, 2)
    assert (second.day, second.events, second.first_hits) == (date(2026, 10, 6), 2, 0)
    assert (found.events, found.first_hits) == (6, 2)
    assert (found.true_positives, found.false_positives, found.reviewed) == (1, 2, 3)
    assert first.unsure == 1


def test_a_session_is_counted_once_for_each_kind_whatever_its_guardrails():
    records = [
        record(number, L3, detector=name, session_id="s")
        for number, name in enumerate(["pii/email", "secrets"])
    ]
    old = policy(guardrail("pii"), guardrail("secrets"))
    new = policy(guardrail("pii", Sensitivity.L3), guardrail("secrets", Sensitivity.L3))

    found = replay(records, old, new)

    assert [item.first_hits for item in found.changed] == [1, 1]
    assert found.sessions[Kind.NEWLY_BLOCKED] == 1


@pytest.mark.parametrize(
    ("old", "new", "kind", "verdicts"),
    [
        ({}, {"stage": Stage.LOGGING}, Kind.NO_LONGER_BLOCKED, ("block", "log")),
        ({"stage": Stage.LOGGING}, {}, Kind.NEWLY_BLOCKED, ("log", "block")),
        ({}, {"action": Action.REDACT}, Kind.BLOCKED_OTHERWISE, ("block", "redact")),
        ({}, {"excepted": True}, Kind.NO_LONGER_BLOCKED, ("block", "excepted")),
        (
            {"stage": Stage.LOGGING, "enabled": False},
            {"stage": Stage.LOGGING},
            Kind.OBSERVED_OTHERWISE,
            ("allow", "log"),
        ),
    ],
)
def test_each_kind_of_change_is_told_apart(old, new, kind, verdicts):
    (found,) = replay([record(1)], made(**old), made(**new)).changed

    assert found.place.kind is kind
    assert (found.place.old.value, found.place.new.value) == verdicts


def made(*, stage=Stage.ENFORCE, excepted=False, **more):
    exception = PolicyException(
        id="E", guardrail="pii", reason="r", owner="o", expires=date(2026, 12, 1)
    )
    return policy(guardrail(**more), stage=stage, exceptions=(exception,) if excepted else ())


def test_a_change_counts_for_the_guardrail_that_decides_afterwards():
    old = policy(guardrail("pii", Sensitivity.L1))
    new = policy(guardrail("pii", Sensitivity.L1), guardrail("pii/email", Sensitivity.L3))

    assert places(replay([record(1, L3)], old, new)) == [("pii/email", "chat", "allow", "block")]
    assert places(replay([record(1, L3)], new, old)) == [("pii/email", "chat", "block", "allow")]


def test_a_policy_decides_nothing_outside_of_its_applications():
    records = [record(1, L1), record(2, L1, app="shop")]

    found = replay(records, policy(apps=("chat",)), policy(apps=("chat", "shop")))

    assert places(found) == [("pii", "shop", "allow", "block")]
    assert replay(records, None, policy(apps=("chat",))).newly_blocked == 1
    assert replay(records, None, policy(apps=("chat",))).requests == 1


def test_examples_do_not_favour_the_first_users_of_a_rollout():
    scope = Limited(share=Fraction(50, 100), salt="policyctl/v1:support")
    old, new = policy(stage=Stage.LOGGING), policy(stage=Stage.LIMITED, limited=scope)
    records = [record(number, L1) for number in range(2000)]

    (found,) = replay(records, old, new).changed

    buckets = [int(bucket(scope.salt, item.request_id), 16) / 2**32 for item in found.examples]
    assert len(buckets) == EXAMPLES
    assert max(buckets) > 0.25
    assert all(share < 0.5 for share in buckets)
    assert list(found.examples) == sorted(found.examples, key=by_own_hash)


def by_own_hash(item):
    text = f"policyctl/v1:examples:{item.request_id}:{item.detector}"
    return hashlib.sha256(text.encode()).hexdigest()


def test_every_changed_decision_is_one_that_the_definition_changes():
    draw = random.Random(7)
    records = [
        record(
            number,
            draw.choice([*Level, None]),
            app=draw.choice(["chat", "shop"]),
            cohort=draw.choice(["", "staff"]),
        )
        for number in range(500)
    ]
    scope = Limited(cohorts=("staff",), share=Fraction(1, 2), salt="s")
    old = at(Sensitivity.L2, stage=Stage.LIMITED, limited=scope)
    new = at(Sensitivity.L4, stage=Stage.LIMITED, limited=replace(scope, cohorts=()))

    found = replay(records, old, new)

    expected = 0
    for item in records:
        one, other = (decide(side, item.detection).verdict for side in (old, new))
        expected += other.acts and not one.acts
    assert found.newly_blocked == expected > 50
    assert found.events(Kind.NO_LONGER_BLOCKED) == 0


# What cannot be replayed


def gaps(found):
    return [(item.guardrail, item.app, item.reason) for item in found.not_replayable]


def test_a_tightening_beyond_the_recorded_levels_is_not_replayable():
    records = [record(1, L1), record(2, L2), record(3, None)]

    found = replay(records, at(Sensitivity.L2), at(Sensitivity.L4))

    assert gaps(found) == [
        (
            "pii",
            "chat",
            "nothing beyond level 2 was recorded in chat, so what L4 would flag there is not known",
        )
    ]
    assert not found.judged


@pytest.mark.parametrize("deepest", [L4, L5])
def test_a_tightening_within_the_recorded_levels_is_replayable(deepest):
    records = [record(1, L1), record(2, deepest)]

    found = replay(records, at(Sensitivity.L2), at(Sensitivity.L4))

    assert (gaps(found), found.judged) == ([], True)


def test_an_error_does_not_show_that_anything_was_recorded():
    records = [record(1, None, status=Status.ERROR)]

    found = replay(records, at(Sensitivity.L2), at(Sensitivity.L1))

    assert gaps(found) == [("pii", "", "no detector of it answered in these records")]
    assert not found.judged


def test_a_guardrail_that_was_never_recorded_is_not_replayable_where_it_applies():
    old = policy(guardrail(), apps=("chat", "shop"))
    new = policy(guardrail(), guardrail("secrets"), apps=("chat", "shop"))
    records = [record(1), record(2, None, detector="secrets")]

    found = replay(records, old, new)

    assert gaps(found) == [
        ("secrets", "chat", "nothing at any level was recorded in chat, so what L2 would flag"
         " there is not known"),
        ("secrets", "shop", "no detector of it answered in shop in these records"),
    ]  # fmt: skip


def test_a_guardrail_that_acts_in_one_cohort_only_has_to_be_recorded_too():
    scope = Limited(cohorts=("staff", "beta"))
    old = policy(guardrail("secrets"), stage=Stage.LOGGING)
    new = policy(guardrail("secrets"), stage=Stage.LIMITED, limited=scope)

    found = replay([record(1)], old, new)

    assert gaps(found) == [("secrets", "", "no detector of it answered in these records")]


def test_another_definition_is_not_replayable():
    old = policy(guardrail("custom/rivals", words=("Acme",)))
    new = policy(guardrail("custom/rivals", words=("Acme", "Globex")))

    found = replay([record(1, detector="custom/rivals")], old, new)

    assert gaps(found) == [
        ("custom/rivals", "", "its words changed: what they would have found was not recorded")
    ]
    assert not found.judged


def test_a_part_that_cannot_be_replayed_leaves_the_rest_judged():
    old = policy(guardrail(), guardrail("secrets"))
    new = policy(guardrail(sensitivity=Sensitivity.L3), guardrail("secrets", Sensitivity.L4))
    records = [record(1, L3), record(2, L1, detector="secrets")]

    found = replay(records, old, new)

    assert [item.guardrail for item in found.not_replayable] == ["secrets"]
    assert (found.judged, found.newly_blocked) == (True, 1)


def test_records_of_other_applications_judge_nothing():
    found = replay([record(1, app="other")], None, policy(apps=("chat",)))

    assert (found.records, found.evaluations, found.requests, found.judged) == (1, 0, 0, False)


# What each sensitivity would cost

GATE = Gate(false_positives=Fraction(5, 100), inference=Inference.FIXED, reviewed=20)


def labelled(level, true, false, **more):
    return [
        record(number, level, label=label, request_id=f"{level}-{label.value}-{number}", **more)
        for label, count in ((Label.TRUE_POSITIVE, true), (Label.FALSE_POSITIVE, false))
        for number in range(count)
    ]


def test_the_strictest_tolerated_sensitivity_is_suggested():
    records = labelled(L1, 100, 0) + labelled(L2, 100, 1) + labelled(L3, 100, 80)

    (found,) = choices_of(policy(), GATE, level_counts(records, policy()))

    assert found.suggested is Sensitivity.L2
    assert [item.detections for item in found.choices] == [100, 201, 381, 381]
    assert [item.false_positives for item in found.choices] == [0, 1, 81, 81]
    assert [item.tolerated for item in found.choices] == [True, True, False, False]
    assert [item.recorded for item in found.choices] == [True, True, True, False]
    assert found.choices[0].bound == pytest.approx(0.029513049607, rel=1e-9)
    assert found.choices[0].missing is None


def test_a_sensitivity_says_how_many_reviews_would_show_it():
    records = labelled(L1, 10, 0) + [record(500 + number, L1) for number in range(90)]

    (found,) = choices_of(policy(), GATE, level_counts(records, policy()))

    assert found.suggested is None
    assert (found.choices[0].detections, found.choices[0].reviewed) == (100, 10)
    assert found.choices[0].missing == 59 - 10


def test_a_sensitivity_that_was_not_recorded_is_never_suggested():
    records = labelled(L1, 100, 0)

    (found,) = choices_of(policy(), GATE, level_counts(records, policy()))

    assert found.suggested is Sensitivity.L1


def test_what_an_exception_lets_through_costs_nothing():
    exception = PolicyException(
        id="E", guardrail="pii", reason="r", owner="o", expires=date(2026, 12, 1), keys=("k",)
    )
    excepted = policy(exceptions=(exception,))
    records = [record(1, L1, key="k"), record(2, L1)]

    (found,) = choices_of(excepted, GATE, level_counts(records, excepted))

    assert found.choices[0].detections == 1
    assert decide(excepted, records[0].detection).verdict is Verdict.EXCEPTED


def test_applications_are_told_apart():
    records = labelled(L1, 100, 0) + labelled(L1, 100, 30, app="shop")

    found = choices_of(policy(), GATE, level_counts(records, policy()))

    assert [(item.app, item.suggested) for item in found] == [
        ("chat", Sensitivity.L1),
        ("shop", None),
    ]
