"""Corner cases of thresholds-unowned."""

from __future__ import annotations

import pytest

from policyctl.rules.rule import Problem
from policyctl.rules.thresholds_unowned import RULE

HOUSE = (
    "id: house\nversion: 1\nsensitivity: L3\nguardrails: [{detector: pii}]\n"
    "thresholds: {owner: alice}\n"
)


def in_stage(text, stage):
    return text.replace("stage: logging", f"stage: {stage}")


@pytest.mark.parametrize("stage", ["limited", "enforce"])
def test_owner_and_reviewer_are_both_asked_for(compact, subject_of, stage):
    assert list(RULE.check(subject_of(in_stage(compact, stage)))) == [
        Problem(
            message=f"the stage is '{stage}', and there is no thresholds.owner",
            at=("stage",),
            hint="add 'thresholds: {owner: …}' with who approves a change of sensitivity",
        ),
        Problem(
            message=f"the stage is '{stage}', and there is no thresholds.reviewer",
            at=("stage",),
            hint="add 'thresholds: {reviewer: …}' with who reviews false positives",
        ),
    ]


def test_thresholds_that_stand_in_the_file_are_the_place(compact, subject_of):
    subject = subject_of(in_stage(compact, "enforce") + "thresholds: {owner: alice}\n")

    (problem,) = RULE.check(subject)

    assert (problem.at, problem.key) == (("thresholds",), True)


def test_the_baselines_owner_counts(compact, subject_of):
    text = in_stage(compact, "enforce") + "thresholds: {reviewer: bob}\n"

    assert list(RULE.check(subject_of(text, house=HOUSE))) == []


def test_logging_needs_nobody(compact, subject_of):
    assert list(RULE.check(subject_of(compact))) == []


def test_without_an_effective_policy_nothing_is_found(compact, subject_of):
    text = in_stage(compact, "enforce").replace("house@1", "house@9")

    assert list(RULE.check(subject_of(text))) == []
