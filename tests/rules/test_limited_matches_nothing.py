"""Corner cases of limited-matches-nothing."""

from __future__ import annotations

import pytest

from policyctl.rules.limited_matches_nothing import RULE
from policyctl.rules.rule import Problem

APPS = "applies_to: {apps: [shop-chat, shop-voice]}\n"
ENABLED = "enabled are: custom/competitors, pii, prompt_attack, unknown_links"
LIMITED_HOUSE = """\
id: house
version: 1
sensitivity: L3
guardrails: [{detector: pii}]
limited: {guardrails: [secrets], apps: [newsletter]}
"""


def test_each_detector_that_the_policy_does_not_use_is_named(compact, subject_of):
    subject = subject_of(compact + "limited: {guardrails: [pii, secrets]}\n")

    assert list(RULE.check(subject)) == [
        Problem(
            message="limited.guardrails names 'secrets', which no enabled guardrail detects",
            at=("limited", "guardrails", 1),
            hint=ENABLED,
        )
    ]


@pytest.mark.parametrize("name", ["pii", "pii/email", "custom", "custom/competitors"])
def test_families_and_members_of_enabled_guardrails_are_accepted(compact, subject_of, name):
    assert list(RULE.check(subject_of(compact + f"limited: {{guardrails: [{name}]}}\n"))) == []


def test_a_guardrail_that_is_switched_off_is_found(compact, subject_of):
    off = "guardrails: [{detector: pii, enabled: false, reason: no use}]\n"

    assert len(list(RULE.check(subject_of(compact + off + "limited: {guardrails: [pii]}\n")))) == 1


def test_an_app_to_which_the_policy_does_not_apply_is_named(compact, subject_of):
    subject = subject_of(compact + APPS + "limited: {apps: [shop-chat, newsletter]}\n")

    assert list(RULE.check(subject)) == [
        Problem(
            message="limited.apps names 'newsletter', to which the policy does not apply",
            at=("limited", "apps", 1),
            hint="applies_to.apps has: shop-chat, shop-voice",
        )
    ]


def test_any_app_is_accepted_where_the_policy_lists_none(compact, subject_of):
    assert list(RULE.check(subject_of(compact + "limited: {apps: [newsletter]}\n"))) == []


def test_what_the_baseline_names_is_shown_where_the_policy_extends_it(compact, subject_of):
    subject = subject_of(compact + APPS, house=LIMITED_HOUSE)

    assert list(RULE.check(subject)) == [
        Problem(
            message="limited.guardrails names 'secrets', which no enabled guardrail detects"
            " (from 'house@1')",
            at=("extends",),
            hint="overrule the baseline with 'limited.guardrails' in this file",
        ),
        Problem(
            message="limited.apps names 'newsletter', to which the policy does not apply"
            " (from 'house@1')",
            at=("extends",),
            hint="overrule the baseline with 'limited.apps' in this file",
        ),
    ]


def test_each_line_of_the_scope_is_overruled_by_itself(compact, subject_of):
    subject = subject_of(
        compact + APPS + "limited: {guardrails: [prompt_attack]}\n", house=LIMITED_HOUSE
    )

    assert [problem.at for problem in RULE.check(subject)] == [
        ("limited", "guardrails", 0),
        ("extends",),
    ]


def test_a_detector_that_does_not_exist_is_left_to_unknown_detector(compact, subject_of):
    assert list(RULE.check(subject_of(compact + "limited: {guardrails: [pi]}\n"))) == []
