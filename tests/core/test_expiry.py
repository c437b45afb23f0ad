"""When something ends: days are inclusive and UTC, and a malformed day has passed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyctl.core.expiry import day, days_left, is_expired

LAST = date(2027, 2, 1)
moments = st.datetimes(
    datetime(2000, 1, 1),
    datetime(2100, 1, 1),
    timezones=st.integers(-23, 23).map(lambda hours: timezone(timedelta(hours=hours))),
)


def test_a_day_is_written_as_year_month_and_day():
    assert day("2027-02-01") == LAST
    assert day("2028-02-29") == date(2028, 2, 29)


@pytest.mark.parametrize(
    "text",
    [
        "", "never", "2027-2-1", "27-02-01", "20270201", "2027-W05-1", "2027-032", "01.02.2027",
        "2027-02-29", "2027-13-01", "2027-00-10", "2027-04-31", "0000-01-01", "2027-02-01\n",
        " 2027-02-01", "2027-02-01T00:00:00Z", "+2027-02-01", "-2027-02-01", "２０２７-02-01",  # noqa: RUF001 - wide digits
    ],
)  # fmt: skip
def test_what_names_no_day_is_no_day(text):
    assert day(text) is None


@given(st.dates())
def test_every_day_is_read_as_it_is_written(which):
    assert day(which.isoformat()) == which


@given(st.text())
def test_no_text_is_an_error(text):
    assert day(text) is None or day(text).isoformat() == text


@pytest.mark.parametrize(
    ("moment", "expired", "left"),
    [
        ("2027-01-31T23:59:59+00:00", False, 1),
        ("2027-02-01T00:00:00+00:00", False, 0),
        ("2027-02-01T23:59:59.999999+00:00", False, 0),
        ("2027-02-02T00:00:00+00:00", True, -1),
        ("2027-02-02T13:59:59+14:00", False, 0),
        ("2027-02-02T14:00:00+14:00", True, -1),
        ("2027-02-01T11:59:59-12:00", False, 0),
        ("2027-02-01T12:00:00-12:00", True, -1),
        ("2027-01-02T00:00:00+00:00", False, 30),
    ],
)
def test_the_last_day_is_included_and_ends_at_midnight_in_utc(moment, expired, left):
    at = datetime.fromisoformat(moment)

    assert (is_expired(LAST, at), days_left(LAST, at)) == (expired, left)


@given(moments)
def test_a_missing_day_has_passed(at):
    assert is_expired(None, at)
    assert days_left(None, at) < 0


@given(st.dates(date(1999, 1, 1), date(2101, 1, 1)), moments)
def test_nothing_is_expired_with_days_left(expires, at):
    assert is_expired(expires, at) == (days_left(expires, at) < 0)


@given(st.dates(date(1999, 1, 1), date(2101, 1, 1)), moments, st.integers(-23, 23))
def test_the_time_zone_of_the_moment_changes_nothing(expires, at, hours):
    elsewhere = at.astimezone(timezone(timedelta(hours=hours)))

    assert is_expired(expires, at) == is_expired(expires, elsewhere)
    assert is_expired(expires, at) == (at >= datetime(*expires.timetuple()[:3], tzinfo=UTC)
                                       + timedelta(days=1))  # fmt: skip
