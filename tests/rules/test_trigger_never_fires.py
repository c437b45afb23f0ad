"""Corner cases of trigger-never-fires."""

from __future__ import annotations

import pytest

from policyctl.rules.rule import Problem
from policyctl.rules.trigger_never_fires import RULE


def trigger(when):
    return f"escalation: [{{when: {when}, do: tighten}}]\n"


@pytest.mark.parametrize(
    ("when", "message", "hint"),
    [
        (
            "flag rate above 100% for 3d",
            "the trigger waits for more than 100%, which no rate reaches",
            "give it a rate that the records can exceed",
        ),
        (
            "error rate of pii above 1% for 53w",
            "the trigger waits for 53w, which is longer than a year",
            "give it a time after which somebody should act",
        ),
    ],
)
def test_what_cannot_come_true_is_found(compact, subject_of, when, message, hint):
    assert list(RULE.check(subject_of(compact + trigger(when)))) == [
        Problem(message=message, at=("escalation", 0, "when"), hint=hint)
    ]


@pytest.mark.parametrize(
    "when",
    ["flag rate above 99.9% for 3d", "error rate above 0% for 365d", "flag rate above 5% for 52w"],
)
def test_what_is_only_unlikely_is_accepted(compact, subject_of, when):
    assert list(RULE.check(subject_of(compact + trigger(when)))) == []
