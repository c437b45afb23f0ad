"""Corner cases of exception-too-far."""

from __future__ import annotations

from policyctl.rules.exception_too_far import RULE
from policyctl.rules.rule import Problem


def exception(expires="2027-02-01"):
    return (
        "exceptions:\n  - id: EX-1\n    guardrail: pii\n    when: {app: shop}\n"
        f"    reason: tried\n    owner: support\n    expires: '{expires}'\n"
    )


def test_the_hint_has_the_last_day_that_is_allowed(compact, subject_of):
    assert list(RULE.check(subject_of(compact + exception("2027-11-23")))) == [
        Problem(
            message="exception 'EX-1' ends in 366 days, and 365 days are the limit",
            at=("exceptions", 0, "expires"),
            hint="let it end on 2027-11-22 or before, and renew it then if it is still needed",
        )
    ]


def test_the_last_day_that_is_allowed_is_accepted(compact, subject_of):
    assert list(RULE.check(subject_of(compact + exception("2027-11-22")))) == []


def test_the_end_of_all_calendars_is_far(compact, subject_of):
    assert len(list(RULE.check(subject_of(compact + exception("9999-12-31"))))) == 1


def test_an_organisation_may_allow_less(compact, subject_of):
    text = '# settings: exception_longest = "30d"\n' + compact + exception("2027-02-01")

    (problem,) = RULE.check(subject_of(text))

    assert problem.message == "exception 'EX-1' ends in 71 days, and 30 days are the limit"


def test_without_a_clock_nothing_is_found(compact, subject_of):
    assert list(RULE.check(subject_of(compact + exception("9999-12-31"), now=None))) == []
