"""Corner cases of baseline-use-case-differs."""

from __future__ import annotations

from policyctl.rules.baseline_use_case_differs import RULE
from policyctl.rules.rule import Problem


def test_both_use_cases_are_named(compact, subject_of):
    text = compact.replace("use_case: public-facing", "use_case: internal-facing")

    assert list(RULE.check(subject_of(text))) == [
        Problem(
            message="the policy is for use case 'internal-facing',"
            " and 'house@1' was made for 'public-facing'",
            at=("use_case",),
            hint="extend the baseline of the policy's use case, or correct the use case",
        )
    ]


def test_a_baseline_that_is_not_there_is_left_to_unknown_baseline(compact, subject_of):
    text = compact.replace("house@1", "gone@1").replace("public-facing", "internal-facing")

    assert list(RULE.check(subject_of(text))) == []
