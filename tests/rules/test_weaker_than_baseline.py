"""Corner cases of weaker-than-baseline."""

from __future__ import annotations

import pytest

from policyctl.core.finding import Severity
from policyctl.rules.rule import Problem
from policyctl.rules.weaker_than_baseline import RULE

IN_GUARDRAIL = "say why in the guardrail: 'reason: …'"


def guardrail(item):
    return f"guardrails: [{{detector: secrets}}, {{{item}}}]\n"


def test_a_lower_sensitivity_is_found_as_a_warning(compact, subject_of):
    subject = subject_of(compact + "sensitivity: L2\n")

    assert RULE.severity is Severity.WARNING
    assert list(RULE.check(subject)) == [
        Problem(
            message="sensitivity is weaker than the baseline's: L3 there, L2 here",
            at=("sensitivity",),
            hint="say why in the policy: 'reasons: {sensitivity: …}'",
        )
    ]


def test_a_gate_that_asks_for_less_is_found(compact, subject_of):
    subject = subject_of(compact + "gates: {limited: {records: 10}}\n")

    assert list(RULE.check(subject)) == [
        Problem(
            message="gates.limited.records is weaker than the baseline's: 1000 there, 10 here",
            at=("gates", "limited", "records"),
            hint="say why in the policy: 'reasons: {gates.limited.records: …}'",
        )
    ]


@pytest.mark.parametrize(
    ("item", "key", "name", "values"),
    [
        (
            "detector: prompt_attack, enabled: false",
            "enabled",
            "guardrails.prompt_attack.input.enabled",
            "true there, false here",
        ),
        (
            "detector: prompt_attack, sensitivity: L1",
            "sensitivity",
            "guardrails.prompt_attack.input.sensitivity",
            "L3 there, L1 here",
        ),
        (
            "detector: custom/competitors, action: redact",
            "action",
            "guardrails.custom/competitors.output.action",
            "block there, redact here",
        ),
        (
            "detector: custom/competitors, words: [Acme]",
            "words",
            "guardrails.custom/competitors.output.words",
            "1 more there, left out here",
        ),
        (
            "detector: custom/competitors, regex: [Globex.*]",
            "regex",
            "guardrails.custom/competitors.output.regex",
            "1 more there, left out here",
        ),
        (
            "detector: unknown_links, allowed_domains: [example.com, example.org]",
            "allowed_domains",
            "guardrails.unknown_links.output.allowed_domains",
            "not allowed there, example.org here",
        ),
    ],
)
def test_each_weaker_value_of_a_guardrail_is_found_at_its_place(
    compact, subject_of, item, key, name, values
):
    assert list(RULE.check(subject_of(compact + guardrail(item)))) == [
        Problem(
            message=f"{name} is weaker than the baseline's: {values}",
            at=("guardrails", 1, key),
            hint=IN_GUARDRAIL,
        )
    ]


def test_words_and_expressions_are_found_each_at_its_place(compact, subject_of):
    text = compact + guardrail("detector: custom/competitors, words: [Acme], regex: [Globex.*]")

    assert [problem.at for problem in RULE.check(subject_of(text))] == [
        ("guardrails", 1, "words"),
        ("guardrails", 1, "regex"),
    ]


def test_a_guardrail_of_both_directions_is_weaker_in_both(compact, subject_of):
    text = compact + guardrail("detector: pii, sensitivity: L2")

    assert [problem.message for problem in RULE.check(subject_of(text))] == [
        f"guardrails.pii.{direction}.sensitivity is weaker than the baseline's: L3 there, L2 here"
        for direction in ("input", "output")
    ]


def test_of_two_guardrails_the_one_in_the_weaker_direction_is_the_place(compact, subject_of):
    text = (
        compact
        + "guardrails:\n"
        + "  - {detector: pii, direction: output, sensitivity: L4}\n"
        + "  - {detector: pii, direction: input, sensitivity: L2}\n"
    )

    assert [problem.at for problem in RULE.check(subject_of(text))] == [
        ("guardrails", 1, "sensitivity")
    ]


def test_a_member_is_compared_with_its_family(compact, subject_of):
    text = compact + guardrail("detector: pii/email, direction: input, enabled: false")

    assert [problem.at for problem in RULE.check(subject_of(text))] == [
        ("guardrails", 1, "enabled")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "sensitivity: L2\nreasons: {sensitivity: noise}\n",
        "gates: {limited: {records: 10}}\nreasons: {gates.limited: little traffic}\n",
        "gates: {limited: {records: 10}}\nreasons: {gates.limited.records: little traffic}\n",
        guardrail("detector: pii, enabled: false, reason: no personal data"),
        "sensitivity: L4\n",
        "gates: {limited: {records: 5000}}\n",
        guardrail("detector: pii, action: block"),
    ],
)
def test_a_reason_and_a_stricter_value_are_accepted(compact, subject_of, text):
    assert list(RULE.check(subject_of(compact + text))) == []
