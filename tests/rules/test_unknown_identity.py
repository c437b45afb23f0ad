"""Corner cases of unknown-identity."""

from __future__ import annotations

from policyctl.rules.rule import Problem
from policyctl.rules.unknown_identity import RULE

HOUSE = (
    "id: house\nversion: 1\nsensitivity: L3\nguardrails: [{detector: pii}]\n"
    "thresholds: {owner: risk-office}\n"
)
UNKNOWN = "name a person, team or role of the trust root: policyctl root show"


def test_a_near_name_is_suggested(compact, subject_of):
    subject = subject_of(compact.replace("owner: support", "owner: suport"))

    assert list(RULE.check(subject)) == [
        Problem(
            message="owner is 'suport', whom governance does not know",
            at=("owner",),
            hint="did you mean 'support'? 'policyctl root show' lists all",
        )
    ]


def test_everybody_whom_the_file_names_is_looked_at(compact, subject_of):
    subject = subject_of(
        compact
        + "thresholds: {owner: zoe, reviewer: zoe}\n"
        + "exceptions:\n  - {id: EX-1, guardrail: pii, when: {app: shop}, reason: tried,"
        + " owner: zoe, expires: '2027-02-01'}\n"
        + "escalation:\n  - {when: flag rate above 5% for 3d, do: tighten}\n"
        + "  - {when: flag rate above 9% for 3d, do: notify, notify: zoe}\n"
    )

    assert [(problem.at, problem.message, problem.hint) for problem in RULE.check(subject)] == [
        (at, f"{name} is 'zoe', whom governance does not know", UNKNOWN)
        for at, name in (
            (("thresholds", "owner"), "thresholds.owner"),
            (("thresholds", "reviewer"), "thresholds.reviewer"),
            (("exceptions", 0, "owner"), "exceptions[0].owner"),
            (("escalation", 1, "notify"), "escalation[1].notify"),
        )
    ]


def test_people_teams_and_roles_are_known(compact, subject_of):
    text = compact + "thresholds: {owner: ai-security, reviewer: bob}\n"

    assert list(RULE.check(subject_of(text))) == []


def test_whom_the_baseline_names_is_shown_where_the_policy_extends_it(compact, subject_of):
    assert list(RULE.check(subject_of(compact, house=HOUSE))) == [
        Problem(
            message="thresholds.owner is 'risk-office', whom governance does not know"
            " (from 'house@1')",
            at=("extends",),
            hint="overrule the baseline with 'thresholds.owner' in this file",
        )
    ]


def test_the_file_is_looked_at_even_if_its_baseline_does_not_exist(compact, subject_of):
    text = compact.replace("house@1", "house@9").replace("owner: support", "owner: zoe")

    assert [problem.at for problem in RULE.check(subject_of(text))] == [("owner",)]


def test_without_a_trust_root_nobody_is_unknown(compact, subject_of):
    text = compact.replace("owner: support", "owner: zoe")

    assert list(RULE.check(subject_of(text, root=None))) == []
