"""Corner cases of override-equals-default."""

from __future__ import annotations

import pytest

from policyctl.rules.override_equals_default import RULE
from policyctl.rules.rule import Problem


def guardrail(line, head=""):
    return f"{head}guardrails:\n  - {line}\n"


def test_an_item_that_changes_nothing_is_found(compact, subject_of):
    text = compact + guardrail("{detector: prompt_attack, action: block, reason: as agreed}")

    assert list(RULE.check(subject_of(text))) == [
        Problem(
            message="guardrail 'prompt_attack' is the same as in 'house@1'",
            at=("guardrails", 0),
            hint="remove it: only what differs from the baseline stands in the file",
        )
    ]


@pytest.mark.parametrize(
    "line",
    [
        "{detector: pii}",
        "{detector: pii, direction: output, action: redact}",
        "{detector: pii, enabled: true, sensitivity: L3}",
        "{detector: unknown_links, allowed_domains: [example.com]}",
    ],
)
def test_every_way_to_say_the_same_is_found(compact, subject_of, line):
    assert len(list(RULE.check(subject_of(compact + guardrail(line))))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "{detector: pii, action: block}",
        "{detector: pii, direction: input, sensitivity: L4}",
        "{detector: pii, enabled: false, reason: none here}",
        "{detector: pii/email, action: redact}",
        "{detector: prompt_attack, direction: output}",
        "{detector: secrets}",
    ],
)
def test_an_item_that_changes_or_adds_something_is_accepted(compact, subject_of, line):
    assert list(RULE.check(subject_of(compact + guardrail(line)))) == []


def test_a_level_that_stays_while_the_dial_moves_is_a_change(compact, subject_of):
    text = compact + guardrail("{detector: pii, sensitivity: L3}", head="sensitivity: L4\n")

    assert list(RULE.check(subject_of(text))) == []


def test_without_a_baseline_every_guardrail_counts(compact, subject_of):
    text = compact.replace("extends: house@1\n", "sensitivity: L3\n")

    assert list(RULE.check(subject_of(text + guardrail("{detector: pii}")))) == []
