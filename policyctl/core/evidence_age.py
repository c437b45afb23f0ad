"""How long evidence carries a promotion after its last record.

The report holds no clock. What is compared is the end of its records and the time that the entry of
the promotion states, so that `promote` and `verify` come to the same answer on any day.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from policyctl.core.expiry import is_expired

_HOUR = timedelta(hours=1)
_LEEWAY = timedelta(days=1)
"""Clocks differ; records that end later than that after the promotion were not its evidence."""
_MOST_HOURS = 99_999 * 7 * 24


def carries_until(last: datetime | None, expires: timedelta) -> date | None:
    """The last day (UTC) on which records that end at ``last`` carry a promotion.

    None where no such day is known, which counts as expired.
    """
    try:
        return (last + expires).astimezone(UTC).date() if last else None
    except OverflowError:
        return None


def age_problem(last: datetime | None, expires: timedelta, at: datetime) -> str:
    """Why records that end at ``last`` do not carry a promotion at a moment; empty if they do."""
    if last is None:
        return "names no last record, so its age is not known"
    if last - at > _LEEWAY:
        return f"rests on records until {_day(last)}, after the promotion on {_day(at)}"
    until = carries_until(last, expires)
    if is_expired(until, at):
        return (
            f"rests on records until {_day(last)}, which carry a promotion until {until}, not on"
            f" {_day(at)}"
        )
    return ""


def stated_problem(traffic: object, hours: object, at: datetime) -> str:
    """The same for what a report states, which may be anything."""
    if not isinstance(hours, int) or isinstance(hours, bool) or not 0 < hours <= _MOST_HOURS:
        return "does not say for how long it carries a promotion"
    last = traffic.get("last") if isinstance(traffic, dict) else None
    return age_problem(_moment(last), hours * _HOUR, at)


def _moment(value: object) -> datetime | None:
    if not isinstance(value, str) or not value.endswith("Z") or len(value) > len(_LONGEST):
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


_LONGEST = "2026-10-05T08:00:00.000000Z"


def _day(moment: datetime) -> str:
    return str(moment.astimezone(UTC).date())
