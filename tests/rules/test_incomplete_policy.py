"""Corner cases of incomplete-policy."""

from __future__ import annotations

from policyctl.rules.incomplete_policy import RULE
from policyctl.rules.rule import Problem

EMPTY_HOUSE = "id: house\nversion: 1\nsensitivity: L3\nguardrails: []\n"


def alone(compact):
    return compact.replace("extends: house@1\n", "")


def test_a_policy_that_has_neither_and_extends_nothing_is_told_both(compact, subject_of):
    assert list(RULE.check(subject_of(alone(compact)))) == [
        Problem(
            message="the policy has no sensitivity and no guardrails, and extends no baseline",
            hint="add 'sensitivity:' and 'guardrails:', or extend a baseline that has them",
        )
    ]


def test_a_baseline_without_guardrails_does_not_complete_a_policy(compact, subject_of):
    assert list(RULE.check(subject_of(compact, house=EMPTY_HOUSE))) == [
        Problem(
            message="the policy has no guardrails, and neither has 'house@1'",
            at=("extends",),
            hint="add 'guardrails:', or extend a baseline that has it",
        )
    ]


def test_an_empty_list_of_guardrails_is_none(compact, subject_of):
    text = alone(compact) + "sensitivity: L2\nguardrails: []\n"

    (problem,) = RULE.check(subject_of(text))

    assert problem.message == "the policy has no guardrails, and extends no baseline"


def test_policy_and_baseline_complete_each_other(compact, subject_of):
    text = compact + "guardrails: [{detector: secrets}]\n"

    assert list(RULE.check(subject_of(text, house=EMPTY_HOUSE))) == []


def test_a_baseline_that_does_not_exist_is_left_to_unknown_baseline(compact, subject_of):
    assert list(RULE.check(subject_of(compact.replace("house@1", "house@9")))) == []
