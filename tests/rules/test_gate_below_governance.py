"""Corner cases of gate-below-governance."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policyctl.rules.gate_below_governance import RULE
from policyctl.rules.rule import Problem

STRICT = {
    "limited": {
        "window": "14d",
        "records": 1000,
        "false_positives": "2%",
        "confidence": "95%",
        "inference": "anytime",
    }
}


def test_the_value_that_counts_is_named(compact, subject_of, root):
    text = compact + "gates: {limited: {window: 7d}}\n"

    subject = subject_of(text, root=replace(root, gates=STRICT))

    assert list(RULE.check(subject)) == [
        Problem(
            message="gates.limited.window is 7d, and governance asks for 14d, which is what counts",
            at=("gates", "limited", "window"),
            hint="remove the line, or ask for at least as much as 14d",
        )
    ]


@pytest.mark.parametrize(
    "value",
    [
        "records: 999",
        "false_positives: 2.1%",
        "confidence: 90%",
        "inference: fixed",
        "window: 335h",
    ],
)
def test_every_value_has_a_direction_in_which_it_is_laxer(compact, subject_of, root, value):
    text = compact + f"gates: {{limited: {{{value}}}}}\n"

    subject = subject_of(text, root=replace(root, gates=STRICT))

    assert [problem.at[-1] for problem in RULE.check(subject)] == [value.partition(":")[0]]


@pytest.mark.parametrize(
    "gate",
    [
        "limited: {window: 2w, records: 1000, false_positives: 2%}",
        "limited: {reviewed: 1}",
        "enforce: {window: 1d}",
    ],
)
def test_as_much_more_or_something_else_is_accepted(compact, subject_of, root, gate):
    subject = subject_of(compact + f"gates: {{{gate}}}\n", root=replace(root, gates=STRICT))

    assert list(RULE.check(subject)) == []


def test_without_governance_nothing_is_found(compact, subject_of):
    text = compact + "gates: {limited: {window: 1d}}\n"

    assert list(RULE.check(subject_of(text, root=None))) == []
