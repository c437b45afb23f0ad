"""Corner cases of one-person-in-every-role."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policyctl.rules.one_person_in_every_role import RULE
from policyctl.rules.rule import Problem


def of(compact, owner, *, thresholds="{owner: ai-security, reviewer: alice}", excepts=""):
    text = compact.replace("owner: support", f"owner: {owner}") + f"thresholds: {thresholds}\n"
    if excepts:
        text += (
            "exceptions:\n  - {id: EX-1, guardrail: pii, when: {app: a}, reason: tried,"
            f" owner: {excepts}, expires: '2027-02-01'}}\n"
        )
    return text


def test_a_person_and_a_role_of_that_person_are_the_same(compact, subject_of):
    assert list(RULE.check(subject_of(of(compact, "alice")))) == [
        Problem(
            message="'alice' owns the policy, approves its thresholds"
            " and reviews its false positives",
            at=("thresholds", "reviewer"),
            hint="let somebody else approve the thresholds or review false positives",
        )
    ]


def test_an_exception_of_the_same_person_changes_nothing(compact, subject_of):
    assert len(list(RULE.check(subject_of(of(compact, "alice", excepts="alice"))))) == 1


def test_an_exception_of_somebody_else_is_a_second_pair_of_eyes(compact, subject_of):
    assert list(RULE.check(subject_of(of(compact, "alice", excepts="bob")))) == []


def test_a_team_of_two_is_not_one_person(compact, subject_of):
    text = of(compact, "support", thresholds="{owner: support, reviewer: support}")

    assert list(RULE.check(subject_of(text))) == []


@pytest.mark.parametrize("thresholds", ["{owner: alice}", "{reviewer: alice}"])
def test_a_role_that_is_open_yet_may_bring_a_second_person(compact, subject_of, thresholds):
    assert list(RULE.check(subject_of(of(compact, "alice", thresholds=thresholds)))) == []


def test_people_whom_governance_does_not_know_are_not_one_person(compact, subject_of):
    text = of(compact, "eve", thresholds="{owner: eve, reviewer: eve}")

    assert list(RULE.check(subject_of(text))) == []


def test_a_solo_root_has_one_person_by_decision(compact, subject_of, root):
    solo = replace(root, solo=True)

    assert list(RULE.check(subject_of(of(compact, "alice"), root=solo))) == []


def test_without_governance_nobody_knows_who_is_who(compact, subject_of):
    assert list(RULE.check(subject_of(of(compact, "alice"), root=None))) == []
