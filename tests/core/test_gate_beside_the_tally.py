"""What a gate asks for beside volume and false positives: three outcomes each, with numbers."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from policyctl.core.canonical import decode
from policyctl.core.criterion import Outcome
from policyctl.core.daily import Daily, DailyCount, DayCount, ExceptionDay, RequestDay
from policyctl.core.evidence import RecordSource, evidence_bytes, report_on
from policyctl.core.evidence_parts import alarms, overall_bound
from policyctl.core.exception_weeks import exception_weeks
from policyctl.core.facts import Facts, RequestCounter, complete_days
from policyctl.core.false_positives import promotable
from policyctl.core.gate import evaluate
from policyctl.core.levels import Level, Sensitivity
from policyctl.core.policy import (
    Gate,
    Guardrail,
    Inference,
    Limited,
    Policy,
    PolicyException,
    Trigger,
)
from policyctl.core.record import Label, Record, Status
from policyctl.core.review_labels import ReviewLabels, Verdict
from policyctl.core.review_sample import Case, Drawn, StratumSample
from policyctl.core.reviews import joined
from policyctl.core.sides import Action, Direction
from policyctl.core.stability import stabilities
from policyctl.core.stages import Stage
from policyctl.core.statistics import clopper_pearson_upper
from policyctl.core.tally import Stratum, Tally, tally

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "schemas/evidence.v1.json").read_text(encoding="utf-8")
)
START = datetime(2026, 10, 5, tzinfo=UTC)
CELL = ("prompt_attack", Direction.INPUT, "chat")
STRATUM = Stratum(
    guardrail=CELL[0],
    direction=CELL[1],
    app=CELL[2],
    evaluations=28_000,
    scope_evaluations=28_000,
    flagged=1400,
    newly_blocked=1400,
    reviewed=300,
)
TALLY = Tally(
    strata=(STRATUM,),
    records=28_000,
    outside=0,
    requests=28_000,
    first=START,
    last=START + timedelta(days=28),
    missing_days=0,
    first_missing_day=None,
    unevaluated=(),
)


def day(index, flagged=50, evaluations=1000, **more):
    levels = (flagged, 0, 0, 0, 0, evaluations - flagged)
    return DayCount(
        day=START.date() + timedelta(days=index),
        guardrail=CELL[0],
        direction=CELL[1],
        app=CELL[2],
        **{
            "evaluations": evaluations,
            "flagged": flagged,
            "scope_evaluations": evaluations,
            "scope_flagged": flagged,
            "scope_levels": levels,
        }
        | more,
    )


def month(*flagged, **more):
    return tuple(day(index, count, **more) for index, count in enumerate(flagged or (50,) * 28))


def facts(days=None, **more):
    days = month() if days is None else days
    requests = tuple(RequestDay(day=item.day, app="chat", requests=1000) for item in days)
    return Facts(daily=Daily(days=days, requests=requests), target=Stage.LIMITED, **more)


def judged(name, found, known=None, gate=None, **asked):
    gate = replace(gate or Gate(), **asked)
    (only,) = (item for item in evaluate(found, gate, known or facts()) if item.name == name)
    return only


def percent(number):
    return Fraction(number, 100)


def test_what_a_gate_does_not_ask_for_is_not_judged():
    names = {item.name for item in evaluate(TALLY, Gate(), facts())}

    assert names == {
        *("window", "records", "every guardrail evaluated", "detector errors"),
        *("one detector version", "reviewed sample", "false positives"),
    }


@pytest.mark.parametrize(
    "asked",
    [
        {"completeness": percent(99)},
        {"flag_rate": percent(10)},
        {"harm": 10},
        {"weekly_change": percent(25)},
        {"daily_variation": percent(25)},
        {"mix_shift": percent(10)},
        {"exceptions_frozen": timedelta(days=7)},
        {"reviewers": 2},
        {"reviewed_twice": percent(10)},
        {"agreement": percent(60)},
        {"limited_blocked": percent(99)},
        {"repeatable": percent(99)},
        {"exception_hits": percent(100)},
    ],
)
def test_what_is_asked_and_not_known_is_never_met(asked):
    gate = Gate(**asked)
    without = set(evaluate(TALLY, Gate(), Facts(target=Stage.ENFORCE)))
    (only,) = set(evaluate(TALLY, gate, Facts(target=Stage.ENFORCE))) - without

    assert only.outcome is Outcome.UNDECIDED
    assert only.sentence


# Stability


@pytest.mark.parametrize(
    ("last_week", "outcome"),
    [(50, Outcome.MET), (53, Outcome.MET), (62, Outcome.UNDECIDED), (90, Outcome.NOT_MET)],
)
def test_a_week_is_compared_with_the_weeks_before_by_the_size_of_the_change(last_week, outcome):
    days = month(*([50] * 21 + [last_week] * 7))
    found = judged("weekly change", TALLY, facts(days), weekly_change=percent(25))

    assert found.outcome is outcome
    assert found.value == pytest.approx(last_week / 50)
    assert found.limit == 1.25


def test_few_detections_cannot_show_that_a_week_is_like_the_others():
    found = judged("weekly change", TALLY, facts(month(*([1] * 28))), weekly_change=percent(25))

    assert found.outcome is Outcome.UNDECIDED
    assert "more detections are needed" in found.sentence


def test_one_week_is_not_compared_and_says_how_many_days_are_missing():
    short = replace(TALLY, last=START + timedelta(days=10))
    found = judged("weekly change", short, weekly_change=percent(25))

    assert (found.outcome, found.need) == (Outcome.UNDECIDED, 4)


def test_a_day_that_is_not_complete_does_not_count():
    late = replace(TALLY, first=START + timedelta(hours=1), last=START + timedelta(days=3, hours=5))

    assert complete_days(late) == (date(2026, 10, 6), date(2026, 10, 7))
    assert complete_days(replace(TALLY, first=None, last=None, missing_days=0)) == ()


@pytest.mark.parametrize(
    ("days", "outcome"),
    [([50] * 28, Outcome.MET), ([10, 90] * 14, Outcome.NOT_MET), ([48, 52] * 14, Outcome.MET)],
)
def test_days_may_vary_by_chance_and_little_more(days, outcome):
    found = judged("daily variation", TALLY, facts(month(*days)), daily_variation=percent(25))

    assert found.outcome is outcome


def mixed(levels):
    return tuple(
        day(index, 60, scope_levels=(60 - low, low, 0, 0, 0, 940))
        for index, low in enumerate(levels)
    )


@pytest.mark.parametrize(("recent", "outcome"), [(10, Outcome.MET), (60, Outcome.NOT_MET)])
def test_a_mix_of_levels_that_moves_is_found(recent, outcome):
    known = facts(mixed([10] * 21 + [recent] * 7))
    found = judged("mix of levels", TALLY, known, mix_shift=percent(10))

    assert found.outcome is outcome
    assert (alarms(stabilities(TALLY, known)) == ()) == (outcome is Outcome.MET)


def test_a_shift_that_so_few_records_cannot_tell_from_chance_is_not_decidable():
    few = tuple(
        day(index, 1, 2, scope_levels=(1 if index < 21 else 0, 0 if index < 21 else 1, 0, 0, 0, 1))
        for index in (0, 20, 27)
    )
    found = judged("mix of levels", TALLY, facts(few), mix_shift=percent(10))

    assert found.outcome is Outcome.UNDECIDED
    assert "cannot tell from chance" in found.sentence


# Effect


@pytest.mark.parametrize(
    ("limit", "outcome"), [(10, Outcome.MET), (5, Outcome.UNDECIDED), (4, Outcome.NOT_MET)]
)
def test_a_flag_rate_is_judged_by_its_bounds(limit, outcome):
    found = judged("flag rate", TALLY, flag_rate=percent(limit))

    assert (found.outcome, found.value) == (outcome, 0.05)


def test_harm_is_what_is_blocked_times_what_may_be_false_of_it():
    fixed = Gate(inference=Inference.FIXED, harm=60)
    found = judged("harm", TALLY, gate=fixed)
    upper = clopper_pearson_upper(0, 300, 0.05) * 1400 / 28_000 * 100_000

    assert (found.outcome, found.bound) == (Outcome.MET, pytest.approx(upper))
    assert judged("harm", TALLY, gate=fixed, harm=49).outcome is Outcome.UNDECIDED


def test_a_rare_detector_may_be_wrong_more_often_than_a_busy_one():
    rare = replace(TALLY, strata=(replace(STRATUM, newly_blocked=20, reviewed=20),))

    assert judged("harm", rare, harm=60).outcome is Outcome.MET
    wrong = replace(TALLY, strata=(replace(STRATUM, false_positives=90),))
    assert judged("harm", wrong, harm=60).outcome is Outcome.NOT_MET


@pytest.mark.parametrize(("limit", "outcome"), [(1400, Outcome.MET), (1399, Outcome.NOT_MET)])
def test_a_budget_holds_or_does_not(limit, outcome):
    assert judged("budget", TALLY, newly_blocked=limit).outcome is outcome


@pytest.mark.parametrize(
    ("blocked", "passed", "outcome"),
    [
        (1400, 0, Outcome.MET),
        (0, 1400, Outcome.NOT_MET),
        (100, 0, Outcome.UNDECIDED),
        (0, 0, Outcome.UNDECIDED),
    ],
)
def test_before_enforcement_the_limited_scope_was_seen_at_work(blocked, passed, outcome):
    days = (day(0, already_blocked=1400, engine_blocked=blocked, engine_passed=passed),)
    known = replace(facts(days), target=Stage.ENFORCE)

    assert judged("limited scope", TALLY, known, limited_blocked=percent(99)).outcome is outcome


def test_strata_that_pass_although_one_picked_them_are_named():
    good = replace(STRATUM, app="good", reviewed=900)
    fair = replace(STRATUM, app="fair", reviewed=160, false_positives=2)
    found = replace(TALLY, strata=(good, fair, replace(STRATUM, app="bad", false_positives=99)))
    gate = Gate(false_positives=percent(5))

    assert promotable(found, gate) == (good.name,)
    assert promotable(found, replace(gate, false_positives=Fraction(0))) == ()
    assert promotable(replace(TALLY, strata=(fair,)), gate) == ()
    estimate, upper = overall_bound(found, gate, facts())
    assert estimate < upper


# Completeness


def counter(count, days=28):
    start = START.date()
    requests = {(start + timedelta(days=index), "chat"): count for index in range(days)}
    return RequestCounter(name="gateway.csv", sha256="0" * 64, requests=requests)


@pytest.mark.parametrize(
    ("count", "days", "outcome"),
    [
        (1000, 28, Outcome.MET),
        (1005, 28, Outcome.MET),
        (1006, 28, Outcome.NOT_MET),
        (1000, 27, Outcome.UNDECIDED),
        (0, 28, Outcome.UNDECIDED),
    ],
)
def test_records_are_compared_with_an_independent_count(count, days, outcome):
    assert judged("completeness", TALLY, facts(counter=counter(count, days))).outcome is outcome


def test_a_day_with_more_records_does_not_hide_what_another_lost():
    known = facts(counter=counter(1000))
    lost = RequestDay(day=START.date(), app="chat", requests=0)
    more = RequestDay(day=START.date() + timedelta(days=1), app="chat", requests=2000)
    requests = (lost, more, *known.daily.requests[2:])
    known = replace(known, daily=replace(known.daily, requests=requests))

    assert judged("completeness", TALLY, known).outcome is Outcome.NOT_MET


# Exceptions


def excepting(*hits):
    named = [
        ExceptionDay(day=START.date(), exception=f"EX-{index}", hits=count)
        for index, count in enumerate(hits, start=1)
        if count
    ]
    known = facts(exceptions=tuple(f"EX-{index + 1}" for index in range(len(hits))))
    return replace(known, daily=replace(known.daily, exceptions=tuple(named)))


@pytest.mark.parametrize(
    ("hits", "outcome"),
    [
        ((20, 20), Outcome.MET),
        ((40, 0), Outcome.NOT_MET),
        ((50, 50), Outcome.NOT_MET),
        ((0,), Outcome.MET),
    ],
)
def test_exceptions_are_few_and_none_of_them_does_most(hits, outcome):
    found = replace(TALLY, strata=(replace(STRATUM, excepted=sum(hits)),))

    assert judged("excepted", found, excepting(*hits), excepted=percent(5)).outcome is outcome


def test_an_exception_that_nothing_needed_is_named():
    found = judged("excepted", TALLY, excepting(3, 0), excepted=percent(5))

    assert found.sentence.endswith("; nothing needed 'EX-2'")


@pytest.mark.parametrize(
    ("known", "changed", "outcome"),
    [
        (True, None, Outcome.MET),
        (True, START, Outcome.MET),
        (True, START + timedelta(days=21), Outcome.MET),
        (True, START + timedelta(days=22), Outcome.UNDECIDED),
        (False, None, Outcome.UNDECIDED),
    ],
)
def test_exceptions_have_been_left_alone_for_a_while(known, changed, outcome):
    given = facts(exceptions_known=known, exceptions_changed=changed)
    asked = {"exceptions_frozen": timedelta(days=7)}

    assert judged("stable exceptions", TALLY, given, **asked).outcome is outcome


def used(*weeks, name="EX-1"):
    """An exception's hits in weeks, spread over their days."""
    days = [count // 7 + (index < count % 7) for count in weeks for index in range(7)]
    start = 28 - len(days)
    named = tuple(
        ExceptionDay(day=START.date() + timedelta(days=start + index), exception=name, hits=count)
        for index, count in enumerate(days)
    )
    known = facts(exceptions=(name,))
    return replace(known, daily=replace(known.daily, exceptions=named))


@pytest.mark.parametrize(
    ("weeks", "outcome"),
    [
        ((70, 70, 70, 70), Outcome.MET),
        ((70, 70, 70, 110), Outcome.MET),
        ((70, 70, 70, 300), Outcome.NOT_MET),
        ((70, 70, 70, 20), Outcome.NOT_MET),
        ((70, 70, 70, 0), Outcome.NOT_MET),
        ((0, 0, 0, 60), Outcome.NOT_MET),
        ((1, 0, 1, 1), Outcome.UNDECIDED),
        ((70, 70, 70, 130), Outcome.UNDECIDED),
        ((0, 0, 0, 0), Outcome.MET),
    ],
)
def test_an_exception_is_used_as_it_was_used_before(weeks, outcome):
    found = judged("exception hits", TALLY, used(*weeks), exception_hits=percent(100))

    assert found.outcome is outcome
    assert found.limit == 2.0
    assert "'EX-1'" in found.sentence


def test_more_traffic_is_no_other_use_of_an_exception():
    growing = used(70, 70, 70, 210)
    days = month(*[50] * 21, *[150] * 7)
    more = tuple(
        replace(item, evaluations=3000 if index >= 21 else 1000) for index, item in enumerate(days)
    )
    known = replace(growing, daily=replace(growing.daily, days=more))

    assert judged("exception hits", TALLY, known, exception_hits=percent(100)).outcome is (
        Outcome.MET
    )


def test_hits_that_come_in_bursts_show_less_than_those_that_come_evenly():
    even, known = used(140, 140, 140, 140), used(140, 140, 140, 140)
    bursts = tuple(
        replace(item, hits=140 if index % 7 == 3 else 0)
        for index, item in enumerate(known.daily.exceptions)
    )
    burst = replace(known, daily=replace(known.daily, exceptions=bursts))

    (steady,), (uneven,) = exception_weeks(TALLY, even), exception_weeks(TALLY, burst)
    assert steady.hits == uneven.hits == (140, 140, 140, 140)
    assert uneven.ratio.upper > 1.5 * steady.ratio.upper


def test_exceptions_of_one_week_are_not_compared_and_the_days_that_are_missing_are_said():
    short = replace(TALLY, last=START + timedelta(days=10))
    found = judged("exception hits", short, used(70, 70), exception_hits=percent(100))

    assert (found.outcome, found.need) == (Outcome.UNDECIDED, 4)
    assert found.sentence == "'EX-1' has 10 complete days, where two weeks are compared"


def test_without_exceptions_there_is_nothing_to_compare():
    found = judged("exception hits", TALLY, exception_hits=percent(100))
    unseen = replace(TALLY, first=None, last=None)

    assert (found.outcome, found.sentence) == (Outcome.MET, "the policy has no exception")
    assert judged("exception hits", unseen, exception_hits=percent(100)).outcome is (
        Outcome.UNDECIDED
    )


# Reviews


def sample(size):
    drawn = tuple(
        Drawn(place=place, case=Case(f"r{place}", "prompt_attack", Direction.INPUT), time=START)
        for place in range(1, size + 1)
    )
    return StratumSample(
        guardrail=CELL[0],
        direction=CELL[1],
        app=CELL[2],
        detections=1400,
        clusters=1400,
        drawn=drawn,
    )


def verdicts(who, labels):
    for place, label in enumerate(labels, start=1):
        case = Case(f"r{place}", "prompt_attack", Direction.INPUT)
        yield Verdict(case=case, reviewer=who, label=label, reviewed_at="2026-11-20")


TP, FP, UNSURE = Label.TRUE_POSITIVE, Label.FALSE_POSITIVE, Label.UNSURE


def reviewed(size, *by):
    labels = ReviewLabels(
        policy="support",
        source=Stage.LOGGING,
        target=Stage.LIMITED,
        policy_digest="0" * 64,
        size=size,
        verdicts=tuple(item for who, said in by for item in verdicts(who, said)),
    )
    return joined((sample(size),), labels, name="labels.json", sha256="0" * 64)


def test_unsure_disputed_and_missing_verdicts_count_as_false():
    found = reviewed(10, ("ada", [TP, TP, UNSURE, FP, TP]), ("sam", [TP, FP]))
    (stratum,) = found.strata

    assert (stratum.drawn, stratum.reviewed, stratum.missing) == (10, 5, 5)
    assert (stratum.false_positives, stratum.unsure, stratum.disputed) == (3, 1, 1)
    assert (found.twice, found.agreed, found.reviewers) == (2, 1, ("ada", "sam"))


def test_verdicts_outside_of_the_sample_are_shown_and_never_counted():
    found = reviewed(3, ("ada", [TP, TP, TP, FP, TP]))

    assert (found.outside, found.outside_false) == (2, 1)
    assert found.strata[0].false_positives == 0


def test_what_was_drawn_and_not_reviewed_neither_passes_nor_fails_a_gate():
    half = report([TP] * 150, size=300)
    whole = report([TP] * 300, size=300)
    bad = report([FP] * 150, size=300)

    assert outcome(half, "false positives") is Outcome.UNDECIDED
    assert outcome(half, "drawn sample") is Outcome.UNDECIDED
    assert outcome(whole, "false positives") is Outcome.MET
    assert outcome(bad, "false positives") is Outcome.NOT_MET


def report(said, *, size=300, gate=None, **more):
    known = facts(reviews=replace(reviewed(size, ("ada", said)), **more))
    return report_on(
        replace(TALLY, strata=(replace(STRATUM, reviewed=1400, false_positives=1400),)),
        gate or Gate(false_positives=percent(5)),
        policy="support",
        source=Stage.LOGGING,
        target=Stage.LIMITED,
        policy_digest="0" * 64,
        sources=(RecordSource(name="r.jsonl", sha256="0" * 64, lines=28_000),),
        facts=known,
        escalation=(
            Trigger(when="flag rate above 4% for 3d", do="tighten", notify="security"),
            Trigger(when="false positives above 10% for 7d", do="step-back"),
        ),
    )


def outcome(found, name):
    (only,) = (item.outcome for item in found.criteria if item.name == name)
    return only


def test_verdicts_take_the_place_of_labels_in_the_records():
    assert report([TP] * 300).tally.strata[0].false_positives == 0


def test_the_author_of_a_change_is_not_its_only_reviewer():
    alone = report([TP] * 300, author="ada")
    stranger = report([TP] * 300, unknown=("ada",))

    assert outcome(alone, "reviewers") is Outcome.NOT_MET
    assert outcome(report([TP] * 300, author="sam"), "reviewers") is Outcome.MET
    assert outcome(stranger, "reviewers") is Outcome.NOT_MET


@pytest.mark.parametrize(
    ("second", "twice", "agreement"),
    [
        ([TP] * 10 + [FP] * 10, Outcome.MET, Outcome.MET),
        ([TP] * 10, Outcome.UNDECIDED, Outcome.MET),
        ([FP] * 10 + [TP] * 10, Outcome.MET, Outcome.NOT_MET),
        ([], Outcome.UNDECIDED, Outcome.UNDECIDED),
    ],
)
def test_two_reviewers_looked_at_enough_and_agree(second, twice, agreement):
    found = reviewed(100, ("ada", [TP] * 10 + [FP] * 90), ("sam", second))
    known = facts(reviews=found)
    asked = {"reviewed_twice": percent(20), "agreement": percent(60), "reviewers": 2}

    assert judged("reviewed twice", TALLY, known, **asked).outcome is twice
    assert judged("agreement", TALLY, known, **asked).outcome is agreement
    people = judged("reviewers", TALLY, known, **asked).outcome
    assert people is (Outcome.MET if second else Outcome.UNDECIDED)


# The report


def test_the_report_fits_its_schema_and_has_one_spelling():
    asked = Gate(
        false_positives=percent(5),
        completeness=percent(99),
        flag_rate=percent(10),
        harm=100,
        weekly_change=percent(25),
        daily_variation=percent(25),
        mix_shift=percent(10),
        excepted=percent(5),
        exceptions_frozen=timedelta(days=7),
        newly_blocked=5000,
        reviewers=1,
        reviewed_twice=percent(10),
        agreement=percent(60),
        limited_blocked=percent(99),
    )
    content = evidence_bytes(report([TP] * 300, gate=asked))
    data = decode(content)

    assert list(Draft202012Validator(SCHEMA).iter_errors(data)) == []
    assert content == evidence_bytes(report([TP] * 300, gate=asked))
    assert data["gate"]["exceptions_frozen_hours"] == 168
    assert [item["state"] for item in data["escalation"]] == ["fired", "not_fired"]
    assert data["days"][0]["counts"][0] == "2026-10-05 1000 0 50 0"


# Counting


def policy(stage, **more):
    guardrail = Guardrail(
        detector="prompt_attack",
        direction=Direction.INPUT,
        action=Action.BLOCK,
        sensitivity=Sensitivity.L2,
    )
    return Policy(
        id="support",
        name="Support",
        purpose="Answers questions.",
        use_case="public-facing",
        data_sensitivity="internal",
        owner="team",
        stage=stage,
        sensitivity=Sensitivity.L2,
        guardrails=(guardrail,),
        limited=Limited(apps=("chat",)),
        **more,
    )


records = st.builds(
    Record,
    time=st.integers(0, 60 * 24 * 5).map(lambda minutes: START + timedelta(minutes=minutes)),
    request_id=st.sampled_from(["r1", "r2", "r3"]),
    app=st.sampled_from(["chat", "shop"]),
    direction=st.sampled_from(Direction),
    detector=st.sampled_from(["prompt_attack", "prompt_attack/rules", "secrets"]),
    level=st.sampled_from([*Level, None]),
    status=st.just(Status.OK),
    key=st.sampled_from(["a", "b"]),
    cohort=st.sampled_from(["", "beta"]),
    blocked=st.sampled_from([True, False, None]),
)


@given(st.lists(records, max_size=40), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_days_add_up_to_the_tally_in_any_order(rows, source):
    exception = PolicyException(
        id="EX-1",
        guardrail="prompt_attack",
        reason="r",
        owner="o",
        expires=date(2026, 10, 7),
        cohorts=("beta",),
    )
    old = policy(Stage.LIMITED, exceptions=(exception,))
    new = replace(old, stage=Stage.ENFORCE)
    count = DailyCount(old, new)
    found = tally(count.passing(rows), old, new)
    daily = count.result()
    again = DailyCount(old, new)
    for row in source.sample(rows, len(rows)):
        again.add(row)

    assert again.result() == daily
    for stratum in found.strata:
        days = [
            item
            for item in daily.days
            if item.stratum == (stratum.guardrail, stratum.direction, stratum.app)
        ]
        for name in ("evaluations", "errors", "flagged", "excepted", "newly_blocked"):
            assert sum(getattr(item, name) for item in days) == getattr(stratum, name)
        assert sum(item.scope_evaluations for item in days) == stratum.scope_evaluations
        assert all(sum(item.scope_levels) == item.scope_evaluations for item in days)
    assert sum(item.hits for item in daily.exceptions) == sum(s.excepted for s in found.strata)
    requests = {(row.time.date(), row.app, row.cohort, row.request_id) for row in rows}
    assert sum(item.requests for item in daily.requests) == len(requests)


def test_what_the_engine_did_with_what_the_limited_scope_blocks_is_counted():
    old = policy(Stage.LIMITED)
    count = DailyCount(old, replace(old, stage=Stage.ENFORCE))
    for number, (app, blocked) in enumerate(
        [("chat", True), ("chat", False), ("chat", None), ("shop", False)]
    ):
        count.add(
            Record(
                time=START,
                request_id=f"r{number}",
                app=app,
                direction=Direction.INPUT,
                detector="prompt_attack",
                level=Level.L1_CONFIDENT,
                status=Status.OK,
                key="k",
                blocked=blocked,
            )
        )
    chat, shop = count.result().days

    assert (chat.already_blocked, chat.engine_blocked, chat.engine_passed) == (3, 1, 1)
    assert (shop.already_blocked, shop.newly_blocked) == (0, 1)
