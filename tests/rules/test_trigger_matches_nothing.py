"""Corner cases of trigger-matches-nothing."""

from __future__ import annotations

import pytest

from policyctl.rules.rule import Problem
from policyctl.rules.trigger_matches_nothing import RULE

HOUSE = (
    "id: house\nversion: 1\nsensitivity: L3\nguardrails: [{detector: pii}]\n"
    "escalation: [{when: flag rate of secrets above 5% for 3d, do: notify}]\n"
)


def trigger(when):
    return f"escalation: [{{when: {when}, do: notify, notify: support}}]\n"


def test_a_detector_that_the_policy_does_not_use_is_named(compact, subject_of):
    subject = subject_of(compact + trigger("false positives of secrets above 2% for 7d"))

    assert list(RULE.check(subject)) == [
        Problem(
            message="the trigger watches 'secrets', which no enabled guardrail detects",
            at=("escalation", 0, "when"),
            hint="enabled are: custom/competitors, pii, prompt_attack, unknown_links",
        )
    ]


@pytest.mark.parametrize("name", ["pii", "pii/email", "custom", "custom/competitors"])
def test_families_and_members_of_enabled_guardrails_are_accepted(compact, subject_of, name):
    text = compact + trigger(f"flag rate of {name} above 5% for 3d")

    assert list(RULE.check(subject_of(text))) == []


def test_a_trigger_that_watches_everything_is_accepted(compact, subject_of):
    assert list(RULE.check(subject_of(compact + trigger("error rate above 1% for 6h")))) == []


def test_a_guardrail_that_is_switched_off_is_found(compact, subject_of):
    off = "guardrails: [{detector: pii, enabled: false, reason: no use}]\n"
    text = compact + off + trigger("flag rate of pii above 5% for 3d")

    assert len(list(RULE.check(subject_of(text)))) == 1


def test_a_trigger_of_the_baseline_is_shown_where_the_policy_extends_it(compact, subject_of):
    assert list(RULE.check(subject_of(compact, house=HOUSE))) == [
        Problem(
            message="the trigger watches 'secrets', which no enabled guardrail detects"
            " (from 'house@1')",
            at=("extends",),
            hint="overrule the baseline with 'escalation' in this file",
        )
    ]


def test_a_detector_that_does_not_exist_is_left_to_unknown_detector(compact, subject_of):
    text = compact + trigger("flag rate of secret above 5% for 3d")

    assert list(RULE.check(subject_of(text))) == []
