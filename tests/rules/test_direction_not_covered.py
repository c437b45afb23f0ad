"""Corner cases of direction-not-covered."""

from __future__ import annotations

import pytest

from policyctl.rules.direction_not_covered import RULE
from policyctl.rules.rule import Problem


def guardrails(*items):
    return "guardrails:\n" + "".join(f"  - {{{item}}}\n" for item in items)


def test_attacks_that_come_in_unchecked_are_found(compact, subject_of):
    text = compact + guardrails("detector: prompt_attack, enabled: false, reason: a gateway does")

    assert list(RULE.check(subject_of(text))) == [
        Problem(
            message="no enabled guardrail looks for prompt attacks in the input",
            at=("guardrails",),
            hint="add '{detector: prompt_attack, direction: input}'",
        )
    ]


@pytest.mark.parametrize("data", ["confidential", "restricted"])
def test_sensitive_data_that_go_out_unchecked_are_found(compact, subject_of, data):
    text = compact.replace(": internal", f": {data}") + guardrails(
        "detector: pii, direction: output, enabled: false"
    )

    assert list(RULE.check(subject_of(text))) == [
        Problem(
            message=f"the application handles {data} data,"
            " and no enabled guardrail looks for personal data in the output",
            at=("data_sensitivity",),
            hint="add '{detector: pii, direction: output}', or the kinds of it that matter",
        )
    ]


def test_some_kinds_of_personal_data_are_enough(compact, subject_of):
    text = compact.replace(": internal", ": restricted") + guardrails(
        "detector: pii, direction: output, enabled: false",
        "detector: pii/name, direction: output",
    )

    assert list(RULE.check(subject_of(text))) == []


def test_a_gap_of_the_baseline_stands_at_extends(compact, subject_of):
    house = """\
schema: policyctl/baseline/v1
id: house
version: 1
name: House rules
summary: Looks at the output only.
use_case: public-facing
sensitivity: L3
guardrails: [{detector: secrets, direction: output}]
gates: {}
thresholds: {review_every: 90d}
"""

    (problem,) = RULE.check(subject_of(compact, house=house))

    assert problem.at == ("extends",)


def test_a_misspelt_detector_is_left_to_unknown_detector(compact, subject_of):
    text = compact.replace("extends: house@1", "sensitivity: L3") + guardrails(
        "detector: promt_attack"
    )

    assert list(RULE.check(subject_of(text))) == []
