"""Escalation triggers on the same records: fired, not fired, or not decidable."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from policyctl.core.daily import Daily, DayCount
from policyctl.core.escalation import Fired, trigger_states
from policyctl.core.facts import Facts
from policyctl.core.policy import Trigger
from policyctl.core.sides import Direction
from policyctl.core.tally import Stratum, Tally

START = datetime(2026, 10, 5, tzinfo=UTC)


def days(rates, app="chat", guardrail="prompt_attack", errors=0):
    return tuple(
        DayCount(
            day=START.date() + timedelta(days=index),
            guardrail=guardrail,
            direction=Direction.INPUT,
            app=app,
            evaluations=100,
            flagged=rate,
            errors=errors,
        )
        for index, rate in enumerate(rates)
        if rate is not None
    )


def stratum(false, reviewed, app="chat"):
    return Stratum(
        guardrail="prompt_attack",
        direction=Direction.INPUT,
        app=app,
        newly_blocked=1000,
        reviewed=reviewed,
        false_positives=false,
    )


def state(when, *counted, strata=(), first=None, last=None):
    tally = Tally(
        strata=tuple(strata),
        records=0,
        outside=0,
        requests=0,
        first=first,
        last=last,
        missing_days=0,
        first_missing_day=None,
        unevaluated=(),
    )
    daily = Daily(days=tuple(item for group in counted for item in group))
    trigger = Trigger(when=when, do="tighten")
    (found,) = trigger_states([trigger], tally, Facts(daily=daily))
    return found


@pytest.mark.parametrize(
    ("rates", "expected"),
    [
        ([1, 9, 9, 9, 1, 1], Fired.FIRED),
        ([1, 9, 9, 1, 9, 9, 1], Fired.NOT_FIRED),
        ([1, 5, 5, 5, 5, 1], Fired.NOT_FIRED),
        ([9, 9, 9], Fired.UNDECIDED),
        ([1, 9, 9, None, 9, 1], Fired.UNDECIDED),
        ([], Fired.UNDECIDED),
    ],
)
def test_a_rate_fires_after_enough_complete_days_in_a_row(rates, expected):
    assert state("flag rate above 5% for 3d", days(rates)).state is expected


def test_hours_are_rounded_up_to_whole_days():
    assert state("flag rate above 5% for 25h", days([1, 9, 1, 1])).state is Fired.NOT_FIRED
    assert state("flag rate above 5% for 24h", days([1, 9, 1, 1])).state is Fired.FIRED


def test_each_application_is_judged_by_itself():
    calm, loud = days([1] * 6), days([1, 9, 9, 9, 9, 1], app="shop")
    found = state("flag rate above 5% for 3d", calm, loud)

    assert (found.state, found.apps) == (Fired.FIRED, ("shop",))
    assert found.sentence == (
        "the flag rate was above 5% for 4 days in a row in shop, last on 2026-10-09"
    )


def test_each_application_is_told_with_its_own_days():
    early, late = days([1, 9, 9, 9, 9, 9, 1, 1, 1]), days([1, 1, 1, 1, 9, 9, 9, 1], app="a")
    same = days([1, 1, 1, 1, 9, 9, 9, 1], app="b")

    assert state("flag rate above 5% for 3d", early, late, same).sentence == (
        "the flag rate was above 5% for 3 days in a row in a, b, last on 2026-10-11,"
        " and for 5 days in a row in chat, last on 2026-10-10"
    )


def test_of_several_runs_the_latest_that_is_long_enough_is_told():
    found = state("flag rate above 5% for 3d", days([1, 9, 9, 9, 9, 1, 9, 9, 9, 1, 9, 9, 1]))

    assert found.sentence.endswith("for 3 days in a row in chat, last on 2026-10-13")


def test_the_first_day_counts_where_the_answers_begin_with_it():
    counted, last = days([9, 9, 9, 9]), START + timedelta(days=3, hours=12)

    def at(hour):
        first = START.replace(hour=0) + timedelta(hours=hour)
        return state("flag rate above 5% for 3d", counted, first=first, last=last).state

    assert (at(0), at(1)) == (Fired.FIRED, Fired.UNDECIDED)


def test_a_trigger_watches_the_detector_that_it_names():
    loud = days([9] * 6, guardrail="pii")
    when = "flag rate of {} above 5% for 3d"

    assert state(when.format("pii/email"), days([1] * 6), loud).state is Fired.FIRED
    assert state(when.format("prompt_attack"), days([1] * 6), loud).state is Fired.NOT_FIRED
    assert state(when.format("secrets"), days([1] * 6), loud).state is Fired.UNDECIDED


def test_errors_are_a_share_of_everything_that_was_asked():
    when = "error rate above 20% for 1d"

    assert state(when, days([1] * 6, errors=24)).state is Fired.NOT_FIRED
    assert state(when, days([1] * 6, errors=26)).state is Fired.FIRED


@pytest.mark.parametrize(
    ("false", "reviewed", "expected"),
    [(0, 300, Fired.NOT_FIRED), (40, 300, Fired.FIRED), (6, 300, Fired.UNDECIDED)],
)
def test_false_positives_fire_where_the_reviews_show_it(false, reviewed, expected):
    when = "false positives of prompt_attack above 2% for 3d"
    found = state(when, days([1] * 6), strata=[stratum(false, reviewed)])

    assert found.state is expected
    assert state(when, days([1] * 3), strata=[stratum(40, 300)]).state is Fired.UNDECIDED
    assert state(when, days([1] * 6)).state is Fired.UNDECIDED
