"""Corner cases of baseline-never-adapted."""

from __future__ import annotations

import pytest

from policyctl.rules.baseline_never_adapted import RULE
from policyctl.rules.rule import Problem


def test_age_counts_from_the_first_entry(compact, subject_of):
    text = "# trail: register 2026-08-01, edit 2026-11-20\n" + compact

    assert list(RULE.check(subject_of(text))) == [
        Problem(
            message="the policy is 113 days old, and nothing of 'house@1' has been adapted",
            at=("extends",),
            hint="compare the records with the baseline's dials,"
            " and name who answers for them in 'thresholds:'",
        )
    ]


@pytest.mark.parametrize(("day", "count"), [("2026-08-24", 0), ("2026-08-23", 1)])
def test_three_months_are_in_time(compact, subject_of, day, count):
    text = f"# trail: register {day}\n" + compact

    assert len(list(RULE.check(subject_of(text)))) == count


@pytest.mark.parametrize(
    "line",
    [
        "sensitivity: L4\n",
        "guardrails: [{detector: secrets}]\n",
        "limited: {cohorts: [beta]}\n",
        "thresholds: {owner: alice}\n",
    ],
)
def test_any_dial_of_its_own_is_enough(compact, subject_of, line):
    text = "# trail: register 2026-01-01\n" + compact + line

    assert list(RULE.check(subject_of(text))) == []


def test_without_ledger_or_clock_it_stays_silent(compact, subject_of):
    text = "# trail: register 2026-01-01\n" + compact

    assert list(RULE.check(subject_of(compact))) == []
    assert list(RULE.check(subject_of(text, now=None))) == []
