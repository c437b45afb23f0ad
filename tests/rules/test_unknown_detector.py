"""Corner cases of unknown-detector."""

from __future__ import annotations

import pytest

from policyctl.rules.rule import Problem
from policyctl.rules.unknown_detector import RULE


def test_a_near_name_is_suggested(compact, subject_of):
    subject = subject_of(compact + "guardrails: [{detector: pii}, {detector: promt_attack}]\n")

    assert list(RULE.check(subject)) == [
        Problem(
            message="there is no detector 'promt_attack'",
            at=("guardrails", 1, "detector"),
            hint="did you mean 'prompt_attack'?",
        )
    ]


def test_where_no_name_is_near_the_way_to_an_own_check_is_shown(compact, subject_of):
    (problem,) = RULE.check(subject_of(compact + "guardrails: [{detector: zebra}]\n"))

    assert problem.hint == "an organisation's own check is called 'custom/zebra'"


def test_every_place_that_names_a_detector_is_looked_at(compact, subject_of):
    subject = subject_of(
        compact
        + "limited: {guardrails: [pii, zebra]}\n"
        + "exceptions:\n  - {id: EX-1, guardrail: zebra, when: {app: shop}, reason: tried,"
        + " owner: support, expires: '2027-02-01'}\n"
        + "escalation:\n  - {when: flag rate above 5% for 3d, do: notify}\n"
        + "  - {when: flag rate of zebra above 5% for 3d, do: notify}\n"
    )

    assert [problem.at for problem in RULE.check(subject)] == [
        ("limited", "guardrails", 1),
        ("exceptions", 0, "guardrail"),
        ("escalation", 1, "when"),
    ]


@pytest.mark.parametrize("name", ["pii/iris", "moderated_content/gossip"])
def test_a_member_that_its_family_does_not_have_is_found(compact, subject_of, name):
    (problem,) = RULE.check(subject_of(compact + f"guardrails: [{{detector: {name}}}]\n"))

    assert problem.message == f"there is no detector '{name}'"


@pytest.mark.parametrize("name", ["topic/medical-advice", "custom/a/b", "prompt_attack/jailguard"])
def test_names_below_a_free_detector_are_accepted(compact, subject_of, name):
    assert list(RULE.check(subject_of(compact + f"guardrails: [{{detector: {name}}}]\n"))) == []
