"""Corner cases of exception-expired."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from policyctl.rules.exception_expired import RULE
from policyctl.rules.rule import Problem


def exception(expires="2027-02-01"):
    return (
        "exceptions:\n  - id: EX-1\n    guardrail: pii\n    when: {app: shop}\n"
        f"    reason: tried\n    owner: support\n    expires: '{expires}'\n"
    )


def test_the_message_says_since_when(compact, subject_of):
    assert list(RULE.check(subject_of(compact + exception("2026-11-19")))) == [
        Problem(
            message="exception 'EX-1' ended on 2026-11-19, 3 days ago: it lets nothing through",
            at=("exceptions", 0, "expires"),
            hint="remove it, or renew it with a reason that holds today",
        )
    ]


@pytest.mark.parametrize(("expires", "count"), [("2026-11-21", 1), ("2026-11-22", 0)])
def test_the_last_day_is_inclusive(compact, subject_of, expires, count):
    assert len(list(RULE.check(subject_of(compact + exception(expires))))) == count


def test_days_are_those_of_utc(compact, subject_of):
    late = datetime(2026, 11, 22, 1, tzinfo=timezone(timedelta(hours=9)))  # 21st, 16:00 UTC

    assert list(RULE.check(subject_of(compact + exception("2026-11-21"), now=late))) == []


def test_a_day_that_no_calendar_has_is_left_to_impossible_date(compact, subject_of):
    assert list(RULE.check(subject_of(compact + exception("2026-02-30")))) == []


def test_without_a_clock_nothing_is_found(compact, subject_of):
    assert list(RULE.check(subject_of(compact + exception("2026-11-19"), now=None))) == []
