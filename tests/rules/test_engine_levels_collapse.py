"""Corner cases of engine-levels-collapse."""

from __future__ import annotations

import pytest

from policyctl.core.finding import Severity
from policyctl.rules.engine_levels_collapse import RULE
from policyctl.rules.rule import Problem


def policy(compact, engine, *items):
    listed = "".join(f"  - {{{item}}}\n" for item in items)
    return (
        compact.replace("extends: house@1\n", "sensitivity: L4\n")
        + f"applies_to: {{engine: {engine}}}\nguardrails:\n{listed}"
    )


def test_the_families_concerned_are_named_once(compact, subject_of):
    text = policy(
        compact,
        "bedrock",
        "detector: moderated_content/hate",
        "detector: moderated_content/sexual",
        "detector: prompt_attack",
        "detector: secrets",
    )

    assert RULE.severity is Severity.NOTE
    assert list(RULE.check(subject_of(text))) == [
        Problem(
            message="Amazon Bedrock Guardrails has three steps, so L4 is L3 there:"
            " for moderated_content and prompt_attack",
            at=("applies_to", "engine"),
            hint="read L4 as L3 in evidence and reviews of this policy",
        )
    ]


@pytest.mark.parametrize(
    ("engine", "item"),
    [
        ("bedrock", "detector: prompt_attack, sensitivity: L3"),
        ("bedrock", "detector: prompt_attack, enabled: false"),
        ("azure", "detector: prompt_attack"),
        ("lakera", "detector: prompt_attack"),
        ("nemo", "detector: prompt_attack"),
        ("other", "detector: prompt_attack"),
    ],
)
def test_levels_that_exist_or_have_no_dial_are_accepted(compact, subject_of, engine, item):
    assert list(RULE.check(subject_of(policy(compact, engine, item)))) == []
