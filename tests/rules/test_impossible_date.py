"""Corner cases of impossible-date."""

from __future__ import annotations

import pytest

from policyctl.rules.impossible_date import RULE
from policyctl.rules.rule import Problem


def exception(expires):
    return (
        "exceptions:\n  - id: EX-1\n    guardrail: pii\n    when: {app: shop}\n"
        f"    reason: tried\n    owner: support\n    expires: '{expires}'\n"
    )


@pytest.mark.parametrize(
    ("expires", "hint"),
    [
        ("2027-02-30", "that month ends on '2027-02-28'"),
        ("2028-02-30", "that month ends on '2028-02-29'"),
        ("2027-04-31", "that month ends on '2027-04-30'"),
        ("2027-01-00", "that month ends on '2027-01-31'"),
        ("2027-13-01", "write it as 'YYYY-MM-DD': year, month, day"),
        ("2027-00-01", "write it as 'YYYY-MM-DD': year, month, day"),
        ("0000-01-01", "write it as 'YYYY-MM-DD': year, month, day"),
    ],
)
def test_a_day_that_no_calendar_has_is_found(compact, subject_of, expires, hint):
    assert list(RULE.check(subject_of(compact + exception(expires)))) == [
        Problem(
            message=f"exception 'EX-1' expires on '{expires}', which is no day of the calendar",
            at=("exceptions", 0, "expires"),
            hint=hint,
        )
    ]


@pytest.mark.parametrize("expires", ["2028-02-29", "2000-02-29", "0001-01-01", "9999-12-31"])
def test_every_day_of_the_calendar_is_accepted(compact, subject_of, expires):
    assert list(RULE.check(subject_of(compact + exception(expires)))) == []
