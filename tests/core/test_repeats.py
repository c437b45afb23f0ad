"""The same message, the same verdict: what copies say about a detector."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyctl.core.criterion import Outcome
from policyctl.core.facts import Facts
from policyctl.core.gate import evaluate
from policyctl.core.levels import Level, Sensitivity
from policyctl.core.measuring import measure
from policyctl.core.policy import Gate, Guardrail, Policy
from policyctl.core.record import Record, Status
from policyctl.core.repeats import Repeats
from policyctl.core.sides import Action, Direction
from policyctl.core.stages import Stage
from policyctl.core.tally import Stratum, Tally

START = datetime(2026, 10, 5, tzinfo=UTC)
RECORD = Record(
    time=START,
    request_id="r1",
    app="chat",
    direction=Direction.INPUT,
    detector="prompt_attack",
    detector_version="1",
    level=Level.L2_VERY_LIKELY,
    status=Status.OK,
    key="k",
    fingerprint="f1",
)
POLICY = Policy(
    id="support",
    name="Support",
    purpose="Answers questions.",
    use_case="public-facing",
    data_sensitivity="internal",
    owner="team",
    stage=Stage.LOGGING,
    sensitivity=Sensitivity.L2,
    apps=("chat",),
    guardrails=(
        Guardrail(
            detector="prompt_attack",
            direction=Direction.INPUT,
            action=Action.BLOCK,
            sensitivity=Sensitivity.L2,
        ),
    ),
)


def repeats(*records):
    new = replace(POLICY, stage=Stage.ENFORCE)
    return measure(records, POLICY, new, repeats=True).repeats


def found(messages, same):
    return (
        Repeats(
            guardrail="prompt_attack",
            direction=Direction.INPUT,
            app="chat",
            messages=messages,
            same=same,
        ),
    )


def test_copies_with_one_level_are_the_same():
    assert repeats(RECORD, replace(RECORD, request_id="r2")) == found(1, 1)


def test_copies_with_two_levels_are_not_even_where_both_are_flagged():
    other = replace(RECORD, request_id="r2", level=Level.L1_CONFIDENT)

    assert repeats(RECORD, RECORD, other) == found(1, 0)


@pytest.mark.parametrize(
    "change",
    [
        {"fingerprint": "f2"},
        {"fingerprint": ""},
        {"detector_version": "2"},
        {"detector": "prompt_attack/rules"},
        {"app": "shop"},
        {"direction": Direction.OUTPUT},
        {"level": None},
        {"level": Level.L5_UNLIKELY},
        {"status": Status.ERROR, "level": None},
        {"detector": "secrets"},
    ],
)
def test_what_is_no_second_detection_of_the_same_message_is_not_compared(change):
    assert repeats(RECORD, replace(RECORD, **change)) == ()


def test_nothing_is_counted_unless_it_is_asked():
    assert measure([RECORD, RECORD], POLICY, POLICY).repeats is None


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(Level)), max_size=30),
    st.randoms(use_true_random=False),
)
def test_the_counts_do_not_depend_on_the_order(pairs, source):
    records = [replace(RECORD, fingerprint=name, level=level) for name, level in pairs]
    shuffled = source.sample(records, len(records))

    assert repeats(*records) == repeats(*shuffled)


TALLY = Tally(
    strata=(
        Stratum(
            guardrail="prompt_attack",
            direction=Direction.INPUT,
            app="chat",
            scope_evaluations=9000,
            flagged=900,
            newly_blocked=900,
        ),
    ),
    records=9000,
    outside=0,
    requests=9000,
    first=START,
    last=START + timedelta(days=14),
    missing_days=0,
    first_missing_day=None,
    unevaluated=(),
)


def judged(counts, limit=Fraction(99, 100), tally=TALLY):
    gate = Gate(repeatable=limit)
    (only,) = (
        item
        for item in evaluate(tally, gate, Facts(repeats=counts))
        if item.name == "repeatability"
    )
    return only


@pytest.mark.parametrize(
    ("messages", "same", "outcome", "need"),
    [
        (299, 299, Outcome.MET, None),
        (298, 298, Outcome.UNDECIDED, 1),
        (473, 472, Outcome.MET, None),
        (300, 299, Outcome.UNDECIDED, 173),
        (100, 90, Outcome.NOT_MET, None),
    ],
)
def test_the_share_of_messages_that_changed_is_judged_by_its_bounds(messages, same, outcome, need):
    only = judged(found(messages, same))

    assert (only.outcome, only.need) == (outcome, need)
    assert only.limit == pytest.approx(0.01)
    assert only.value == pytest.approx(1 - same / messages)


def test_the_sentence_says_how_many_differ_and_what_is_missing():
    assert judged(found(300, 299)).sentence == (
        "prompt_attack (input) in chat: of 300 messages detected more than once, 1 got another"
        " level, at most 1.58% with 95% confidence (1% tolerated): 173 more such messages needed"
        " if none differs"
    )


def test_where_no_message_came_twice_nothing_is_shown():
    only = judged(())

    assert only.outcome is Outcome.UNDECIDED
    assert "no message with a fingerprint was detected more than once: 299 more" in only.sentence
    assert judged((), tally=replace(TALLY, strata=())).outcome is Outcome.UNDECIDED


@pytest.mark.parametrize(("same", "outcome"), [(20, Outcome.MET), (19, Outcome.NOT_MET)])
def test_a_detector_may_be_asked_never_to_differ(same, outcome):
    assert judged(found(20, same), Fraction(1)).outcome is outcome
