"""Corner cases of identity-without-people."""

from __future__ import annotations

from policyctl.rules.identity_without_people import RULE
from policyctl.rules.rule import Problem


def test_every_name_with_nobody_behind_it_is_found_at_its_place(compact, subject_of):
    text = compact + (
        "thresholds: {owner: vacant, reviewer: disbanded}\n"
        "exceptions:\n  - {id: EX-1, guardrail: pii, when: {app: a}, reason: tried,"
        " owner: disbanded, expires: '2027-02-01'}\n"
        "escalation:\n  - {when: flag rate above 5% for 3d, do: notify, notify: vacant}\n"
    )

    assert [(problem.message, problem.at) for problem in RULE.check(subject_of(text))] == [
        ("thresholds.owner is 'vacant', a role without members", ("thresholds", "owner")),
        ("thresholds.reviewer is 'disbanded', a team without members", ("thresholds", "reviewer")),
        (
            "exceptions[0].owner is 'disbanded', a team without members",
            ("exceptions", 0, "owner"),
        ),
        ("escalation[0].notify is 'vacant', a role without members", ("escalation", 0, "notify")),
    ]


def test_the_hint_says_what_cures_it(compact, subject_of):
    text = compact.replace("owner: support", "owner: disbanded")

    assert list(RULE.check(subject_of(text))) == [
        Problem(
            message="owner is 'disbanded', a team without members",
            at=("owner",),
            hint="name somebody else, or give the team members in the trust root",
        )
    ]


def test_a_name_that_governance_does_not_know_is_left_to_unknown_identity(compact, subject_of):
    text = compact.replace("owner: support", "owner: nobody")

    assert list(RULE.check(subject_of(text))) == []


def test_the_owner_is_judged_without_an_effective_policy_too(compact, subject_of):
    text = compact.replace("owner: support", "owner: disbanded").replace("house@1", "house@9")

    assert [problem.at for problem in RULE.check(subject_of(text))] == [("owner",)]


def test_without_governance_nothing_is_found(compact, subject_of):
    text = compact.replace("owner: support", "owner: disbanded")

    assert list(RULE.check(subject_of(text, root=None))) == []
