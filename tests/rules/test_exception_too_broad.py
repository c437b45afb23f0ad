"""Corner cases of exception-too-broad."""

from __future__ import annotations

import pytest

from policyctl.rules.exception_too_broad import RULE
from policyctl.rules.rule import Problem

APPS = "applies_to: {apps: [shop-chat, shop-voice]}\n"


def exception(guardrail, when, expires="2027-02-01"):
    return (
        f"exceptions:\n  - id: EX-1\n    guardrail: {guardrail}\n    when: {when}\n"
        f"    reason: tried\n    owner: support\n    expires: '{expires}'\n"
    )


def test_a_direction_by_itself_is_half_the_guardrail(compact, subject_of):
    text = compact + APPS + exception("pii/email", "{direction: output}")

    assert list(RULE.check(subject_of(text))) == [
        Problem(
            message="exception 'EX-1' lets through every detection of 'pii/email' in the output",
            at=("exceptions", 0, "when"),
            hint="narrow it by app, cohort or key",
        )
    ]


def test_a_list_of_every_app_is_everywhere(compact, subject_of):
    text = compact + APPS + exception("pii/email", "{app: [shop-voice, shop-chat]}")

    assert list(RULE.check(subject_of(text))) == [
        Problem(
            message="exception 'EX-1' lists every app of the policy",
            at=("exceptions", 0, "when", "app"),
            hint="name the apps that need it, or narrow it by cohort or key",
        )
    ]


@pytest.mark.parametrize(
    ("family", "example"),
    [
        ("pii", "pii/address"),
        ("moderated_content", "moderated_content/crime"),
        ("custom", "custom/<name>"),
    ],
)
def test_a_whole_family_for_a_cohort_is_found(compact, subject_of, family, example):
    text = compact + exception(family, "{cohort: staff}")

    assert list(RULE.check(subject_of(text))) == [
        Problem(
            message=f"exception 'EX-1' lets through the whole family '{family}'",
            at=("exceptions", 0, "guardrail"),
            hint=f"name what is meant, as in '{example}', or the app it is for",
        )
    ]


@pytest.mark.parametrize(
    ("guardrail", "when"),
    [
        ("pii", "{app: shop-chat}"),
        ("pii", "{key: user-17}"),
        ("pii/email", "{cohort: staff}"),
        ("prompt_attack", "{cohort: staff}"),
        ("pii/email", "{direction: output, cohort: staff}"),
        ("pii/email", "{direction: output, app: shop-chat}"),
        ("pii/email", "{app: [shop-chat, shop-voice], cohort: staff}"),
    ],
)
def test_a_criterion_that_leaves_something_out_is_accepted(compact, subject_of, guardrail, when):
    assert list(RULE.check(subject_of(compact + APPS + exception(guardrail, when)))) == []


def test_the_only_app_of_a_policy_may_be_named(compact, subject_of):
    text = compact + "applies_to: {apps: [shop]}\n" + exception("pii/email", "{app: shop}")

    assert list(RULE.check(subject_of(text))) == []


def test_an_exception_that_has_ended_is_not_judged(compact, subject_of):
    text = compact + exception("pii", "{direction: output}", expires="2026-11-01")

    assert list(RULE.check(subject_of(text))) == []
    assert len(list(RULE.check(subject_of(text, now=None)))) == 1
