"""Corner cases of gate-window-short."""

from __future__ import annotations

import pytest

from policyctl.rules.gate_window_short import RULE
from policyctl.rules.rule import Problem


def gate(window):
    return f"gates: {{enforce: {{window: {window}}}}}\n"


def test_a_window_of_some_days_is_found(compact, subject_of):
    assert list(RULE.check(subject_of(compact + gate("3d")))) == [
        Problem(
            message="gates.enforce.window is 3d, which leaves out days of the week",
            at=("gates", "enforce", "window"),
            hint="write 'window: 7d' or longer",
        )
    ]


@pytest.mark.parametrize(("window", "count"), [("167h", 1), ("168h", 0), ("1w", 0)])
def test_a_week_is_seven_days_in_any_unit(compact, subject_of, window, count):
    assert len(list(RULE.check(subject_of(compact + gate(window))))) == count


def test_a_window_that_governance_raises_is_left_to_gate_below_governance(compact, subject_of):
    text = compact + gate("3d").replace("enforce", "limited")

    assert list(RULE.check(subject_of(text))) == []


def test_the_baselines_window_is_not_the_files(compact, subject_of):
    house = (
        "id: house\nversion: 1\nsensitivity: L3\nguardrails: [{detector: pii}]\n"
        "gates: {enforce: {window: 1d}}\n"
    )

    assert list(RULE.check(subject_of(compact + "gates: {enforce: {}}\n", house=house))) == []
