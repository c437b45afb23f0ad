"""Corner cases of control-unclaimed."""

from __future__ import annotations

import pytest

from policyctl.core.finding import Severity
from policyctl.rules.control_unclaimed import RULE
from policyctl.rules.rule import Problem


def test_control_and_detector_are_named(compact, subject_of):
    subject = subject_of(compact + "controls: {owasp-llm-2026: [LLM01, LLM10]}\n")

    assert RULE.severity is Severity.NOTE
    assert list(RULE.check(subject)) == [
        Problem(
            message="guardrail 'pii' serves LLM02 of 'owasp-llm-2026',"
            " which the policy does not claim",
            at=("controls", "owasp-llm-2026"),
            hint="add LLM02 under 'controls: {owasp-llm-2026: […]}'",
            key=True,
        )
    ]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "controls: {owasp-llm-2026: [LLM01, LLM02, LLM10]}\n",
        "controls: {owasp-agentic-2026: [ASI01]}\n",
        "controls: {acme-2026: [A1]}\n",
    ],
    ids=["nothing is claimed", "everything is", "another framework", "an unknown framework"],
)
def test_what_is_claimed_or_not_begun_is_accepted(compact, subject_of, line):
    assert list(RULE.check(subject_of(compact + line))) == []


def test_a_guardrail_that_is_off_serves_nothing(compact, subject_of):
    text = compact + (
        "controls: {owasp-llm-2026: [LLM01, LLM10]}\n"
        "guardrails: [{detector: pii, enabled: false}]\n"
    )

    assert list(RULE.check(subject_of(text))) == []
