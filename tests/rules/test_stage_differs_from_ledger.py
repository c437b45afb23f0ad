"""Corner cases of stage-differs-from-ledger."""

from __future__ import annotations

from policyctl.rules.edit import Edit
from policyctl.rules.rule import Problem
from policyctl.rules.stage_differs_from_ledger import RULE

TRAIL = "# trail: register 2026-01-01, promote limited 2026-02-01, edit 2026-03-01\n"


def test_a_stage_that_was_edited_by_hand_is_found(compact, subject_of):
    assert list(RULE.check(subject_of(TRAIL + compact))) == [
        Problem(
            message="the stage is 'logging', and entry 3 of the ledger says 'limited'",
            at=("stage",),
            hint="write 'stage: limited'; only 'policyctl promote' and 'policyctl demote' move it",
        )
    ]


def test_the_cure_is_what_the_ledger_says(compact, subject_of):
    subject = subject_of(TRAIL + compact)
    (problem,) = RULE.check(subject)

    assert RULE.fix is not None
    assert RULE.fix(subject, problem) == Edit(at=("stage",), value="limited")


def test_a_retired_policy_has_no_stage_and_no_cure(compact, subject_of):
    subject = subject_of("# trail: register 2026-01-01, retire 2026-02-01\n" + compact)

    (problem,) = RULE.check(subject)

    assert problem.message == "the stage is 'logging', and entry 2 of the ledger retired the policy"
    assert problem.hint == "remove the file, or give the policy a new id"
    assert RULE.fix is not None
    assert RULE.fix(subject, problem) is None


def test_the_stage_of_the_ledger_is_accepted(compact, subject_of):
    text = TRAIL + compact.replace("stage: logging", "stage: limited")

    assert list(RULE.check(subject_of(text))) == []


def test_a_policy_that_the_ledger_does_not_know_may_say_anything(compact, subject_of):
    assert list(RULE.check(subject_of(compact.replace("logging", "enforce")))) == []


def test_it_needs_no_clock_and_no_effective_policy(compact, subject_of):
    text = TRAIL + compact.replace("house@1", "house@9")

    assert len(list(RULE.check(subject_of(text, now=None)))) == 1
