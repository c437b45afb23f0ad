"""Corner cases of approver-is-owner."""

from __future__ import annotations

from dataclasses import replace

from policyctl.rules.approver_is_owner import RULE
from policyctl.rules.rule import Problem


def thresholds(owner, reviewer):
    return f"thresholds: {{owner: {owner}, reviewer: {reviewer}}}\n"


def test_a_team_of_nobody_but_owners_is_found(compact, subject_of):
    assert list(RULE.check(subject_of(compact + thresholds("support", "bob")))) == [
        Problem(
            message="thresholds.owner is 'support',"
            " which has no member besides the policy's owners",
            at=("thresholds", "owner"),
            hint="name somebody who does not own the policy",
        )
    ]


def test_one_of_the_owners_is_found_as_reviewer(compact, subject_of):
    (problem,) = RULE.check(subject_of(compact + thresholds("alice", "dave")))

    assert problem.message == "thresholds.reviewer is 'dave', who owns the policy"


def test_a_role_whose_only_member_owns_the_policy_is_found(compact, subject_of):
    text = compact.replace("owner: support", "owner: alice") + thresholds("ai-security", "bob")

    (problem,) = RULE.check(subject_of(text))

    assert problem.at == ("thresholds", "owner")


def test_a_team_with_one_more_member_is_accepted(compact, subject_of):
    text = compact.replace("owner: support", "owner: carol") + thresholds("support", "bob")

    assert list(RULE.check(subject_of(text))) == []


def test_thresholds_of_the_baseline_are_found_at_extends(compact, subject_of):
    house = (
        "id: house\nversion: 1\nsensitivity: L3\nguardrails: [{detector: pii}]\n"
        "thresholds: {owner: support}\n"
    )

    (problem,) = RULE.check(subject_of(compact, house=house))

    assert problem.at == ("extends",)


def test_one_person_everywhere_is_left_to_its_own_rule(compact, subject_of):
    text = compact.replace("owner: support", "owner: alice") + thresholds("alice", "alice")

    assert list(RULE.check(subject_of(text))) == []


def test_a_team_without_members_is_left_to_its_own_rule(compact, subject_of):
    assert list(RULE.check(subject_of(compact + thresholds("disbanded", "vacant")))) == []


def test_a_solo_root_does_not_ask_for_separation(compact, subject_of, root):
    solo = replace(root, solo=True)

    assert list(RULE.check(subject_of(compact + thresholds("support", "dave"), root=solo))) == []


def test_without_governance_nothing_is_found(compact, subject_of):
    text = compact + thresholds("support", "dave")

    assert list(RULE.check(subject_of(text, root=None))) == []
