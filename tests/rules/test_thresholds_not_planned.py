"""Corner cases of thresholds-not-planned."""

from __future__ import annotations

import pytest

from policyctl.rules.rule import Problem
from policyctl.rules.thresholds_not_planned import RULE

OLD = "# trail: register 2026-10-01\n"


def test_both_names_are_asked_for_in_one_finding(compact, subject_of):
    assert list(RULE.check(subject_of(OLD + compact))) == [
        Problem(
            message="the policy has been in 'logging' for 52 days,"
            " and there is no thresholds.owner and no thresholds.reviewer",
            at=("stage",),
            hint="add 'thresholds: {owner: …, reviewer: …}':"
            " without it the policy cannot leave 'logging'",
        )
    ]


def test_thresholds_that_stand_in_the_file_are_the_place(compact, subject_of):
    (problem,) = RULE.check(subject_of(OLD + compact + "thresholds: {owner: alice}\n"))

    assert (problem.at, problem.key) == (("thresholds",), True)
    assert problem.message.endswith("and there is no thresholds.reviewer")


@pytest.mark.parametrize(("day", "count"), [("2026-10-23", 0), ("2026-10-22", 1)])
def test_thirty_days_are_allowed(compact, subject_of, day, count):
    text = f"# trail: register {day}\n" + compact

    assert len(list(RULE.check(subject_of(text)))) == count


def test_the_time_counts_from_the_last_step_back(compact, subject_of):
    trail = "# trail: register 2026-01-01, promote limited 2026-02-01, demote logging 2026-11-01\n"

    assert list(RULE.check(subject_of(trail + compact))) == []


def test_later_stages_are_left_to_thresholds_unowned(compact, subject_of):
    text = "# trail: register 2026-01-01, promote limited 2026-02-01\n" + compact

    assert list(RULE.check(subject_of(text.replace("stage: logging", "stage: limited")))) == []


def test_without_a_clock_or_a_trail_nothing_is_found(compact, subject_of):
    assert list(RULE.check(subject_of(OLD + compact, now=None))) == []
    assert list(RULE.check(subject_of(compact))) == []
