"""Corner cases of outside-appetite."""

from __future__ import annotations

from dataclasses import replace

from policyctl.rules.outside_appetite import RULE
from policyctl.rules.rule import Problem


def restricted(compact):
    return compact.replace("data_sensitivity: internal", "data_sensitivity: restricted")


def test_the_dial_and_a_guardrail_are_each_found(compact, subject_of):
    text = restricted(compact) + (
        "sensitivity: L2\nguardrails:\n  - {detector: pii, sensitivity: L1, reason: names}\n"
    )

    assert list(RULE.check(subject_of(text))) == [
        Problem(
            message="the sensitivity is L2, and governance accepts L3 or L4"
            " for use case 'public-facing' with restricted data",
            at=("sensitivity",),
            hint="set it to L3 or L4, or have the appetite changed",
        ),
        Problem(
            message="the sensitivity of 'pii' is L1, and governance accepts L3 or L4"
            " for use case 'public-facing' with restricted data",
            at=("guardrails", 0, "sensitivity"),
            hint="set it to L3 or L4, or have the appetite changed",
        ),
    ]


def test_too_strict_is_outside_too(compact, subject_of, root):
    lax = replace(root, appetite={"public-facing": {"internal": ("L1", "L2")}})

    (problem,) = RULE.check(subject_of(compact, root=lax))

    assert problem.at == ("extends",)
    assert problem.message == (
        "the sensitivity is L3, and governance accepts L1 or L2"
        " for use case 'public-facing' with internal data (from 'house@1')"
    )


def test_a_guardrail_that_is_switched_off_has_no_sensitivity(compact, subject_of):
    text = restricted(compact) + (
        "guardrails: [{detector: pii, sensitivity: L1, enabled: false, reason: none here}]\n"
    )

    assert list(RULE.check(subject_of(text))) == []


def test_a_guardrails_value_in_the_baseline_was_accepted_with_it(compact, subject_of):
    house = (
        "id: house\nversion: 1\nsensitivity: L3\nguardrails: [{detector: pii, sensitivity: L1}]\n"
    )

    assert list(RULE.check(subject_of(restricted(compact), house=house))) == []


def test_what_governance_has_not_decided_is_left_to_appetite_undecided(compact, subject_of):
    text = compact.replace("use_case: public-facing", "use_case: partner-facing")

    assert list(RULE.check(subject_of(text))) == []


def test_without_governance_or_an_effective_policy_nothing_is_found(compact, subject_of):
    text = restricted(compact) + "sensitivity: L1\n"

    assert list(RULE.check(subject_of(text, root=None))) == []
    assert list(RULE.check(subject_of(text.replace("house@1", "house@9")))) == []
