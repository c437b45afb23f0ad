"""Corner cases of parked-in-logging."""

from __future__ import annotations

import pytest

from policyctl.rules.parked_in_logging import RULE
from policyctl.rules.rule import Problem


def parked(compact, day, *, settings=""):
    text = compact.replace("stage: logging", "stage: logging")
    return f"# trail: register {day}\n" + settings + text


def test_the_message_says_how_long_and_how_long_is_allowed(compact, subject_of):
    assert list(RULE.check(subject_of(parked(compact, "2026-01-01")))) == [
        Problem(
            message="the policy has been in 'logging' for 325 days, and 90 days are the limit",
            at=("stage",),
            hint="'policyctl evidence' says what the next stage needs;"
            " retire a policy that nobody needs",
        )
    ]


@pytest.mark.parametrize(("day", "count"), [("2026-08-24", 0), ("2026-08-23", 1)])
def test_the_last_day_is_in_time(compact, subject_of, day, count):
    assert len(list(RULE.check(subject_of(parked(compact, day))))) == count


def test_an_organisation_may_set_another_deadline(compact, subject_of):
    text = parked(compact, "2026-01-01", settings='# settings: logging_deadline = "52w"\n')

    assert list(RULE.check(subject_of(text))) == []


def test_edits_do_not_start_the_clock_again(compact, subject_of):
    text = parked(compact, "2026-01-01, edit 2026-11-20")

    assert len(list(RULE.check(subject_of(text)))) == 1


def test_a_file_whose_stage_the_ledger_does_not_have_is_left_to_another_rule(compact, subject_of):
    text = parked(compact, "2026-01-01").replace("stage: logging", "stage: enforce")

    assert list(RULE.check(subject_of(text))) == []


def test_without_a_clock_or_a_trail_nothing_is_found(compact, subject_of):
    text = parked(compact, "2026-01-01")

    assert list(RULE.check(subject_of(text, now=None))) == []
    assert list(RULE.check(subject_of(text.partition("\n")[2]))) == []
