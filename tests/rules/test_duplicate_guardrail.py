"""Corner cases of duplicate-guardrail."""

from __future__ import annotations

from policyctl.rules.duplicate_guardrail import RULE
from policyctl.rules.rule import Problem

HINT = "join the two, or give each a direction of its own"


def found(subject):
    return [(problem.at, problem.message) for problem in RULE.check(subject)]


def test_an_item_without_direction_repeats_both_directions_at_once(compact, subject_of):
    subject = subject_of(compact + "guardrails: [{detector: secrets}, {detector: secrets}]\n")

    assert list(RULE.check(subject)) == [
        Problem(
            message="guardrail 'secrets' stands in guardrails[0] already, for input and output",
            at=("guardrails", 1, "detector"),
            hint=HINT,
        )
    ]


def test_each_earlier_guardrail_is_named(compact, subject_of):
    subject = subject_of(
        compact
        + "guardrails:\n"
        + "  - {detector: secrets, direction: output}\n"
        + "  - {detector: secrets, direction: input}\n"
        + "  - {detector: secrets}\n"
    )

    assert found(subject) == [
        (("guardrails", 2, "detector"), f"guardrail 'secrets' stands in {earlier} already, for {d}")
        for earlier, d in (("guardrails[1]", "input"), ("guardrails[0]", "output"))
    ]


def test_an_item_without_direction_speaks_of_the_baselines_directions(compact, subject_of):
    subject = subject_of(
        compact
        + "guardrails: [{detector: prompt_attack}, {detector: prompt_attack, direction: output}]\n"
    )

    assert found(subject) == []


def test_a_guardrail_of_the_baseline_is_changed_and_not_repeated(compact, subject_of):
    subject = subject_of(compact + "guardrails: [{detector: prompt_attack, sensitivity: L4}]\n")

    assert found(subject) == []


def test_a_member_stands_beside_its_family(compact, subject_of):
    subject = subject_of(compact + "guardrails: [{detector: pii}, {detector: pii/email}]\n")

    assert found(subject) == []


def test_a_baseline_that_does_not_exist_hides_no_duplicate(compact, subject_of):
    text = compact.replace("house@1", "house@9")
    subject = subject_of(text + "guardrails: [{detector: secrets}, {detector: secrets}]\n")

    assert len(found(subject)) == 1
