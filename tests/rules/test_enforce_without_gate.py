"""Corner cases of enforce-without-gate."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policyctl.rules.enforce_without_gate import RULE
from policyctl.rules.rule import Problem


def in_stage(text, stage):
    return text.replace("stage: logging", f"stage: {stage}")


@pytest.mark.parametrize("stage", ["limited", "enforce"])
def test_a_policy_that_acts_needs_a_gate_for_enforce(compact, subject_of, stage):
    assert list(RULE.check(subject_of(in_stage(compact, stage)))) == [
        Problem(
            message=f"the stage is '{stage}', and nobody has said what evidence 'enforce' needs",
            at=("stage",),
            hint="add 'gates: {enforce: {window: …, records: …, reviewed: …, false_positives: …}}'",
        )
    ]


def test_logging_needs_none_yet(compact, subject_of):
    assert list(RULE.check(subject_of(compact))) == []


def test_one_value_is_a_gate(compact, subject_of):
    text = in_stage(compact, "limited") + "gates: {enforce: {records: 1}}\n"

    assert list(RULE.check(subject_of(text))) == []


def test_governances_gate_counts(compact, subject_of, root):
    strict = replace(root, gates={"enforce": {"window": "14d"}})

    assert list(RULE.check(subject_of(in_stage(compact, "limited"), root=strict))) == []


def test_without_an_effective_policy_nothing_is_found(compact, subject_of):
    text = in_stage(compact, "limited").replace("house@1", "house@9")

    assert list(RULE.check(subject_of(text))) == []
