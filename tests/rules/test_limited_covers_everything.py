"""Corner cases of limited-covers-everything."""

from __future__ import annotations

import pytest

from policyctl.rules.limited_covers_everything import RULE
from policyctl.rules.rule import Problem

APPS = "applies_to: {apps: [shop-chat, shop-voice]}\n"
ALL = "[prompt_attack, pii, custom, unknown_links]"


def test_two_full_lists_leave_nothing_out(compact, subject_of):
    text = compact + APPS + f"limited: {{guardrails: {ALL}, apps: [shop-voice, shop-chat]}}\n"

    assert list(RULE.check(subject_of(text))) == [
        Problem(
            message="the limited scope lists every guardrail and every application,"
            " so it leaves nothing out",
            at=("limited",),
            hint="leave some out, or add cohorts or a share",
        )
    ]


@pytest.mark.parametrize(
    ("scope", "listed"),
    [(f"guardrails: {ALL}", "guardrail"), ("apps: [shop-chat, shop-voice]", "application")],
)
def test_one_full_list_by_itself_leaves_nothing_out(compact, subject_of, scope, listed):
    (problem,) = RULE.check(subject_of(compact + APPS + f"limited: {{{scope}}}\n"))

    assert problem.message == f"the limited scope lists every {listed}, so it leaves nothing out"


@pytest.mark.parametrize(
    "scope",
    [
        "guardrails: [prompt_attack]",
        "apps: [shop-chat]",
        f"guardrails: {ALL}, apps: [shop-chat]",
        f"guardrails: {ALL}, cohorts: [beta]",
        f"guardrails: {ALL}, share: 10%, key: user_id",
    ],
)
def test_a_line_that_leaves_something_out_is_enough(compact, subject_of, scope):
    assert list(RULE.check(subject_of(compact + APPS + f"limited: {{{scope}}}\n"))) == []


def test_a_guardrail_that_is_switched_off_need_not_be_listed(compact, subject_of):
    text = compact + (
        "guardrails: [{detector: unknown_links, enabled: false, reason: no links}]\n"
        "limited: {guardrails: [prompt_attack, pii, custom/competitors]}\n"
    )

    assert len(list(RULE.check(subject_of(text)))) == 1


def test_a_member_of_a_family_is_not_the_family(compact, subject_of):
    text = compact + f"limited: {{guardrails: {ALL.replace('pii', 'pii/email')}}}\n"

    assert list(RULE.check(subject_of(text))) == []


def test_any_app_narrows_a_policy_that_lists_none(compact, subject_of):
    assert list(RULE.check(subject_of(compact + "limited: {apps: [shop-chat]}\n"))) == []


def test_a_scope_without_a_line_is_found_before_the_stage_begins(compact, subject_of):
    text = compact + "limited: {salt: first}\n"

    (problem,) = RULE.check(subject_of(text))

    assert problem.message == "the limited scope narrows nothing"
    assert list(RULE.check(subject_of(text.replace("stage: logging", "stage: limited")))) == []


def test_without_an_effective_policy_nothing_is_found(compact, subject_of):
    text = compact.replace("house@1", "house@9") + f"limited: {{guardrails: {ALL}}}\n"

    assert list(RULE.check(subject_of(text))) == []
