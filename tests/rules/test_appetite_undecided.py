"""Corner cases of appetite-undecided."""

from __future__ import annotations

from dataclasses import replace

from policyctl.rules.appetite_undecided import RULE
from policyctl.rules.rule import Problem


def test_an_unknown_use_case_is_named_with_the_known_ones(compact, subject_of):
    text = compact.replace("use_case: public-facing", "use_case: partner-facing")

    assert list(RULE.check(subject_of(text))) == [
        Problem(
            message="governance has not decided a risk appetite"
            " for use case 'partner-facing' with internal data",
            at=("use_case",),
            hint="have it decided in the trust root,"
            " or choose a use case that has one: internal-facing, public-facing",
        )
    ]


def test_data_that_a_known_use_case_leaves_open_is_found(compact, subject_of):
    text = compact.replace("public-facing", "internal-facing").replace(
        "data_sensitivity: internal", "data_sensitivity: restricted"
    )

    assert list(RULE.check(subject_of(text))) == [
        Problem(
            message="governance has not decided a risk appetite"
            " for use case 'internal-facing' with restricted data",
            at=("data_sensitivity",),
            hint="have it decided in the trust root",
        )
    ]


def test_governance_without_any_appetite_is_one_gap_and_not_each_policys(compact, subject_of, root):
    silent = replace(root, appetite={})

    assert list(RULE.check(subject_of(compact, root=silent))) == []
    assert list(RULE.check(subject_of(compact, root=None))) == []
