"""Corner cases of escalation-incomplete."""

from __future__ import annotations

import pytest

from policyctl.rules.escalation_incomplete import RULE
from policyctl.rules.rule import Problem


def escalation(*kinds):
    items = "".join(f"  - {{when: flag rate above 5% for 3d, do: {kind}}}\n" for kind in kinds)
    return f"escalation:\n{items}"


@pytest.mark.parametrize(
    ("kinds", "message", "missing"),
    [
        (("tighten", "add-guardrail"), "steps back", "step-back"),
        (("tighten", "step-back", "notify"), "calls for another guardrail", "add-guardrail"),
        (("add-guardrail", "step-back"), "tightens the policy", "tighten"),
    ],
)
def test_each_missing_kind_is_found(compact, subject_of, kinds, message, missing):
    assert list(RULE.check(subject_of(compact + escalation(*kinds)))) == [
        Problem(
            message=f"no escalation trigger {message}",
            at=("escalation",),
            hint=f"add a trigger with 'do: {missing}'",
        )
    ]


def test_notify_alone_leads_nowhere(compact, subject_of):
    assert len(list(RULE.check(subject_of(compact + escalation("notify"))))) == 3


def test_no_criteria_at_all_are_the_matter_of_another_rule(compact, subject_of):
    assert list(RULE.check(subject_of(compact))) == []
    assert list(RULE.check(subject_of(compact + "escalation: []\n"))) == []


def test_criteria_of_the_baseline_stand_at_extends(compact, subject_of):
    house = """\
schema: policyctl/baseline/v1
id: house
version: 1
name: House rules
summary: Escalates one way.
use_case: public-facing
sensitivity: L3
guardrails: [{detector: prompt_attack}]
gates: {}
thresholds: {review_every: 90d}
""" + escalation("tighten", "step-back")

    (problem,) = RULE.check(subject_of(compact, house=house))

    assert problem == Problem(
        message="no escalation trigger calls for another guardrail (from 'house@1')",
        at=("extends",),
        hint="overrule the baseline with 'escalation' in this file",
    )
