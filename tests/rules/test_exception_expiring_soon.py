"""Corner cases of exception-expiring-soon."""

from __future__ import annotations

import pytest

from policyctl.rules.exception_expiring_soon import RULE
from policyctl.rules.rule import Problem


def exception(expires="2027-02-01"):
    return (
        "exceptions:\n  - id: EX-1\n    guardrail: pii\n    when: {app: shop}\n"
        f"    reason: tried\n    owner: support\n    expires: '{expires}'\n"
    )


def test_the_message_says_when_and_the_hint_who_can_renew(compact, subject_of):
    assert list(RULE.check(subject_of(compact + exception("2026-11-30")))) == [
        Problem(
            message="exception 'EX-1' ends in 8 days, after 2026-11-30:"
            " what it lets through will be stopped",
            at=("exceptions", 0, "expires"),
            hint="cure what it was for, or have 'support' renew it in time",
        )
    ]


@pytest.mark.parametrize(
    ("expires", "end"),
    [
        ("2026-11-22", "ends today,"),
        ("2026-11-23", "ends in 1 day,"),
        ("2026-12-06", "ends in 14 days,"),
    ],
)
def test_the_fortnight_before_the_end_is_soon(compact, subject_of, expires, end):
    (problem,) = RULE.check(subject_of(compact + exception(expires)))

    assert end in problem.message


@pytest.mark.parametrize("expires", ["2026-11-21", "2026-12-07", "2026-02-30"])
def test_what_has_ended_or_ends_later_is_not_soon(compact, subject_of, expires):
    assert list(RULE.check(subject_of(compact + exception(expires)))) == []


def test_an_organisation_may_want_to_know_earlier(compact, subject_of):
    text = '# settings: exception_soon = "90d"\n' + compact + exception("2027-02-01")

    assert len(list(RULE.check(subject_of(text)))) == 1


def test_without_a_clock_nothing_is_found(compact, subject_of):
    assert list(RULE.check(subject_of(compact + exception("2026-11-30"), now=None))) == []
