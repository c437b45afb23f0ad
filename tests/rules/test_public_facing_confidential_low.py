"""Corner cases of public-facing-confidential-low."""

from __future__ import annotations

from policyctl.rules.public_facing_confidential_low import RULE
from policyctl.rules.rule import Problem


def confidential(compact, tail, data="confidential"):
    return compact.replace("data_sensitivity: internal", f"data_sensitivity: {data}") + tail


def test_a_guardrail_at_its_lowest_is_found(compact, subject_of):
    text = confidential(
        compact, "guardrails: [{detector: pii/email, sensitivity: L1, reason: few}]\n"
    )

    assert list(RULE.check(subject_of(text))) == [
        Problem(
            message="the sensitivity of 'pii/email' is L1,"
            " and confidential data is open to the public",
            at=("guardrails", 0, "sensitivity"),
            hint="set it to L2 or higher",
        )
    ]


def test_a_guardrail_that_is_switched_off_is_found(compact, subject_of):
    text = confidential(compact, "guardrails: [{detector: prompt_attack, enabled: false}]\n")

    assert list(RULE.check(subject_of(text))) == [
        Problem(
            message="guardrail 'prompt_attack' is switched off,"
            " and confidential data is open to the public",
            at=("guardrails", 0, "enabled"),
            hint="switch it on at L2 or higher",
        )
    ]


def test_the_dial_is_found_where_such_a_guardrail_has_no_other(compact, subject_of):
    (problem,) = RULE.check(subject_of(confidential(compact, "sensitivity: L1\n")))

    assert problem.at == ("sensitivity",)
    assert problem.message == ("the sensitivity is L1, and confidential data is open to the public")


def test_the_dial_does_not_matter_to_guardrails_with_their_own(compact, subject_of):
    text = confidential(
        compact,
        "sensitivity: L1\nguardrails:\n"
        "  - {detector: prompt_attack, sensitivity: L3}\n  - {detector: pii, sensitivity: L2}\n",
    )

    assert list(RULE.check(subject_of(text))) == []


def test_other_guardrails_other_uses_and_other_data_are_accepted(compact, subject_of):
    low = "guardrails: [{detector: pii, sensitivity: L1}]\n"
    inside = confidential(compact, low).replace("public-facing", "internal-facing")

    assert list(RULE.check(subject_of(confidential(compact, low.replace("pii", "secrets"))))) == []
    assert list(RULE.check(subject_of(inside))) == []
    assert list(RULE.check(subject_of(compact + low))) == []


def test_a_level_outside_the_appetite_is_left_to_outside_appetite(compact, subject_of):
    low = "guardrails: [{detector: pii, sensitivity: L1}]\n"
    text = confidential(compact, low, data="restricted")

    assert list(RULE.check(subject_of(text))) == []
    assert len(list(RULE.check(subject_of(text, root=None)))) == 1
