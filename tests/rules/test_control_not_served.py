"""Corner cases of control-not-served."""

from __future__ import annotations

import pytest

from policyctl.rules.control_not_served import RULE
from policyctl.rules.rule import Problem

ALONE = "sensitivity: L3\nguardrails: [{detector: prompt_attack, direction: input}]\n"


def alone(compact, controls):
    return compact.replace("extends: house@1\n", ALONE) + f"controls: {{{controls}}}\n"


def test_a_claim_without_guardrail_is_found_with_what_would_serve_it(compact, subject_of):
    subject = subject_of(alone(compact, "owasp-llm-2026: [LLM01, LLM02]"))

    assert list(RULE.check(subject)) == [
        Problem(
            message="the policy claims LLM02 (Sensitive Information Disclosure),"
            " and no enabled guardrail serves it",
            at=("controls", "owasp-llm-2026", 1),
            hint="it is served by pii or secrets or unknown_links, in the right direction",
        )
    ]


def test_what_no_detector_serves_belongs_elsewhere(compact, subject_of):
    (problem,) = RULE.check(subject_of(alone(compact, "owasp-agentic-2026: [ASI01, ASI04]")))

    assert problem.at == ("controls", "owasp-agentic-2026", 1)
    assert problem.hint == "no detector serves it: claim it where it is done, outside this policy"


@pytest.mark.parametrize(
    "controls",
    ["owasp-llm-2026: [LLM01, LLM03]", "nist-csf-2.0: [RC.CO-04]", "owasp-llm-2026: [LLM99]"],
    ids=["served in some applications", "another framework", "unknown-control says so"],
)
def test_other_claims_are_left_alone(compact, subject_of, controls):
    assert list(RULE.check(subject_of(alone(compact, controls)))) == []


def test_own_checks_may_serve_anything(compact, subject_of):
    assert list(RULE.check(subject_of(compact + "controls: {owasp-llm-2026: [LLM04]}\n"))) == []


def test_a_claim_of_the_baseline_stands_at_extends(compact, subject_of):
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
    text = compact + "guardrails: [{detector: prompt_attack, enabled: false}]\n"

    assert [problem.at for problem in RULE.check(subject_of(text, house=house))] == [("extends",)]
