"""Corner cases of exception-matches-nothing."""

from __future__ import annotations

import pytest

from policyctl.rules.exception_matches_nothing import RULE
from policyctl.rules.rule import Problem

APPS = "applies_to: {apps: [shop-chat, shop-voice]}\n"


def exception(guardrail, when="{cohort: staff}"):
    return (
        f"exceptions:\n  - id: EX-1\n    guardrail: {guardrail}\n    when: {when}\n"
        "    reason: tried\n    owner: support\n    expires: '2027-02-01'\n"
    )


def test_a_detector_that_the_policy_does_not_use_is_named(compact, subject_of):
    assert list(RULE.check(subject_of(compact + exception("secrets")))) == [
        Problem(
            message="exception 'EX-1' is for 'secrets', which no enabled guardrail detects",
            at=("exceptions", 0, "guardrail"),
            hint="enabled are: custom/competitors, pii, prompt_attack, unknown_links",
        )
    ]


@pytest.mark.parametrize("guardrail", ["pii", "pii/email", "custom", "prompt_attack/jailguard"])
def test_families_and_members_of_enabled_guardrails_are_accepted(compact, subject_of, guardrail):
    assert list(RULE.check(subject_of(compact + exception(guardrail)))) == []


def test_a_member_that_is_switched_off_is_not_let_through_by_its_family(compact, subject_of):
    off = "guardrails: [{detector: pii/email, enabled: false, reason: no use}]\n"

    (problem,) = RULE.check(subject_of(compact + off + exception("pii/email")))

    assert problem.message == (
        "exception 'EX-1' is for 'pii/email', which no enabled guardrail detects"
    )
    assert list(RULE.check(subject_of(compact + off + exception("pii/name")))) == []


def test_a_family_that_is_switched_off_still_has_its_enabled_members(compact, subject_of):
    guardrails = (
        "guardrails:\n"
        "  - {detector: pii, enabled: false, reason: no use}\n"
        "  - {detector: pii/email, action: redact}\n"
    )

    assert list(RULE.check(subject_of(compact + guardrails + exception("pii")))) == []


def test_a_policy_whose_guardrails_are_all_off_is_told_so(compact, subject_of):
    text = compact.replace("extends: house@1\n", "sensitivity: L2\n")
    off = "guardrails: [{detector: pii, enabled: false}]\n"

    (problem,) = RULE.check(subject_of(text + off + exception("pii")))

    assert problem.hint == "no guardrail of the policy is enabled"


def test_a_direction_in_which_nothing_is_detected_is_named(compact, subject_of):
    subject = subject_of(compact + exception("prompt_attack", "{direction: output}"))

    assert list(RULE.check(subject)) == [
        Problem(
            message="exception 'EX-1' is for output,"
            " where no enabled guardrail detects 'prompt_attack'",
            at=("exceptions", 0, "when", "direction"),
            hint="'prompt_attack' is detected in the input",
        )
    ]


def test_an_app_to_which_the_policy_does_not_apply_is_named(compact, subject_of):
    subject = subject_of(compact + APPS + exception("pii", "{app: newsletter}"))

    assert list(RULE.check(subject)) == [
        Problem(
            message="exception 'EX-1' names app 'newsletter', to which the policy does not apply",
            at=("exceptions", 0, "when", "app"),
            hint="applies_to.apps has: shop-chat, shop-voice",
        )
    ]


def test_of_a_list_only_the_foreign_app_is_named(compact, subject_of):
    subject = subject_of(compact + APPS + exception("pii", "{app: [shop-chat, newsletter]}"))

    assert [problem.at for problem in RULE.check(subject)] == [("exceptions", 0, "when", "app", 1)]


def test_any_app_is_accepted_where_the_policy_lists_none(compact, subject_of):
    assert list(RULE.check(subject_of(compact + exception("pii", "{app: newsletter}")))) == []


def test_a_detector_that_does_not_exist_is_left_to_unknown_detector(compact, subject_of):
    assert list(RULE.check(subject_of(compact + exception("pii/emial")))) == []


def test_without_an_effective_policy_nothing_is_found(compact, subject_of):
    text = compact.replace("house@1", "house@9")

    assert list(RULE.check(subject_of(text + exception("secrets")))) == []
