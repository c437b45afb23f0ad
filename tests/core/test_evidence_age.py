"""How long evidence carries a promotion: by the end of its records and the entry's own time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyctl.core.evidence_age import age_problem, carries_until, stated_problem

LAST = datetime(2026, 11, 1, 23, 53, tzinfo=UTC)
TWO_WEEKS = timedelta(days=14)
ENDED = "rests on records until 2026-11-01, which carry a promotion until 2026-11-15, not on"


@pytest.mark.parametrize(
    ("at", "problem"),
    [
        (LAST, ""),
        (datetime(2026, 11, 15, 23, 59, 59, tzinfo=UTC), ""),
        (datetime(2026, 11, 16, tzinfo=UTC), f"{ENDED} 2026-11-16"),
        (datetime(2026, 11, 15, 22, tzinfo=timezone(timedelta(hours=-3))), f"{ENDED} 2026-11-16"),
        (datetime(2026, 11, 1, tzinfo=UTC), ""),
        (
            datetime(2026, 10, 30, tzinfo=UTC),
            "rests on records until 2026-11-01, after the promotion on 2026-10-30",
        ),
    ],
)
def test_the_last_day_is_the_last_one_and_days_are_utc(at, problem):
    assert age_problem(LAST, TWO_WEEKS, at) == problem


def test_hours_end_on_the_day_in_which_they_lie():
    assert carries_until(LAST, timedelta(hours=36)) == date(2026, 11, 3)


def test_what_has_no_end_or_one_beyond_all_years_carries_nothing():
    assert age_problem(None, TWO_WEEKS, LAST) == "names no last record, so its age is not known"
    assert carries_until(datetime.max.replace(tzinfo=UTC), TWO_WEEKS) is None


def test_a_report_is_read_as_promote_wrote_it():
    traffic = {"last": "2026-11-01T23:53:00Z"}

    assert stated_problem(traffic, 14 * 24, LAST + TWO_WEEKS) == ""
    late = stated_problem(traffic, 13 * 24, LAST + TWO_WEEKS)
    assert late == age_problem(LAST, timedelta(days=13), LAST + TWO_WEEKS) != ""


@pytest.mark.parametrize("hours", [None, 0, -1, True, "336", 336.0, 10**30, []])
def test_a_report_with_another_span_than_a_number_of_hours_carries_nothing(hours):
    traffic = {"last": "2026-11-01T23:53:00Z"}

    assert (
        stated_problem(traffic, hours, LAST) == "does not say for how long it carries a promotion"
    )


@pytest.mark.parametrize(
    "traffic",
    [
        *(None, [], {}, {"last": None}, {"last": 7}, {"last": "soon"}, {"last": "2026-11-01"}),
        *({"last": "2026-11-01T23:53:00"}, {"last": "2026-11-01T23:53:00+00:00"}),
        {"last": "2026-11-01T23:53:00" + "0" * 10**6 + "Z"},
    ],
)
def test_a_report_without_a_time_of_its_last_record_carries_nothing(traffic):
    assert "its age is not known" in stated_problem(traffic, 336, LAST)


@given(st.text(max_size=30), st.integers() | st.none())
def test_whatever_a_report_states_is_judged(text, hours):
    assert stated_problem({"last": text + "Z"}, hours, LAST)
