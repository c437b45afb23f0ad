"""Corner cases of review-overdue."""

from __future__ import annotations

import pytest

from policyctl.rules.review_overdue import RULE
from policyctl.rules.rule import Problem

OLD = "# trail: register 2026-05-01\n"


def test_the_baselines_interval_counts_and_is_found_at_extends(compact, subject_of):
    assert list(RULE.check(subject_of(OLD + compact))) == [
        Problem(
            message="the last recorded change or review is 205 days old,"
            " and the dials are to be reviewed every 90 days",
            at=("extends",),
            hint="review the dials, and put on record what came of it: 'policyctl record', with "
            "'--reviewed' where they stay",
        )
    ]


def test_an_interval_in_the_file_is_the_place(compact, subject_of):
    (problem,) = RULE.check(subject_of(OLD + compact + "thresholds: {review_every: 2w}\n"))

    assert problem.at == ("thresholds", "review_every")
    assert problem.message.endswith("every 14 days")


@pytest.mark.parametrize(("day", "count"), [("2026-08-24", 0), ("2026-08-23", 1)])
def test_the_last_day_of_the_interval_is_in_time(compact, subject_of, day, count):
    text = f"# trail: register 2026-01-01, edit {day}\n" + compact

    assert len(list(RULE.check(subject_of(text)))) == count


@pytest.mark.parametrize(("what", "count"), [("review", 0), ("redact", 1)])
def test_a_review_begins_the_interval_anew_and_a_redaction_does_not(
    compact, subject_of, what, count
):
    text = f"# trail: register 2026-01-01, {what} 2026-11-01\n" + compact

    assert len(list(RULE.check(subject_of(text)))) == count


def test_no_interval_is_never_overdue(compact, subject_of):
    house = "id: house\nversion: 1\nsensitivity: L3\nguardrails: [{detector: pii}]\n"

    assert list(RULE.check(subject_of(OLD + compact, house=house))) == []


def test_without_a_clock_or_a_trail_nothing_is_found(compact, subject_of):
    assert list(RULE.check(subject_of(OLD + compact, now=None))) == []
    assert list(RULE.check(subject_of(compact))) == []
