"""Corner cases of enforce-without-escalation."""

from __future__ import annotations

import pytest

from policyctl.rules.enforce_without_escalation import RULE
from policyctl.rules.rule import Problem

TRIGGER = "[{when: flag rate above 5% for 3d, do: notify, notify: alice}]"


def test_enforce_needs_a_criterion(compact, subject_of):
    text = compact.replace("stage: logging", "stage: enforce")

    assert list(RULE.check(subject_of(text))) == [
        Problem(
            message="the stage is 'enforce', and nothing says when to tighten or to step back",
            at=("stage",),
            hint="add 'escalation:', such as"
            " '{when: false positives above 2% for 3d, do: step-back, notify: …}'",
        )
    ]


@pytest.mark.parametrize("stage", ["logging", "limited"])
def test_earlier_stages_need_none(compact, subject_of, stage):
    text = compact.replace("stage: logging", f"stage: {stage}")

    assert list(RULE.check(subject_of(text))) == []


def test_the_baselines_criteria_count(compact, subject_of):
    house = (
        "id: house\nversion: 1\nsensitivity: L3\nguardrails: [{detector: pii}]\n"
        f"escalation: {TRIGGER}\n"
    )
    text = compact.replace("stage: logging", "stage: enforce")

    assert list(RULE.check(subject_of(text, house=house))) == []
    assert len(list(RULE.check(subject_of(text + "escalation: []\n", house=house)))) == 1


def test_without_an_effective_policy_nothing_is_found(compact, subject_of):
    text = compact.replace("stage: logging", "stage: enforce").replace("house@1", "house@9")

    assert list(RULE.check(subject_of(text))) == []
