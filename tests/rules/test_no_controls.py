"""Corner cases of no-controls."""

from __future__ import annotations

import pytest

from policyctl.rules.no_controls import RULE
from policyctl.rules.rule import Problem


@pytest.mark.parametrize("stage", ["limited", "enforce"])
def test_a_policy_that_acts_and_claims_nothing_is_noted(compact, subject_of, stage):
    text = compact.replace("logging", stage)

    assert list(RULE.check(subject_of(text))) == [
        Problem(
            message=f"the stage is '{stage}', and the policy claims no control",
            at=("stage",),
            hint="say what it is there for, such as 'controls: {owasp-llm-2026: [LLM01]}'",
        )
    ]


def test_in_logging_there_is_time(compact, subject_of):
    assert list(RULE.check(subject_of(compact))) == []


def test_controls_of_the_baseline_count(compact, subject_of):
    house = """\
schema: policyctl/baseline/v1
id: house
version: 1
name: House rules
summary: Claims one control.
use_case: public-facing
sensitivity: L3
guardrails: [{detector: prompt_attack}]
gates: {}
thresholds: {review_every: 90d}
controls: {owasp-llm-2026: [LLM01]}
"""

    assert list(RULE.check(subject_of(compact.replace("logging", "limited"), house=house))) == []
