"""Corner cases of unknown-baseline."""

from __future__ import annotations

from policyctl.rules.rule import Problem
from policyctl.rules.unknown_baseline import RULE


def extending(compact, name):
    return compact.replace("house@1", name)


def test_a_near_name_is_suggested(compact, subject_of):
    assert list(RULE.check(subject_of(extending(compact, "houze@1")))) == [
        Problem(
            message="there is no baseline 'houze@1'",
            at=("extends",),
            hint="did you mean 'house@1'?",
        )
    ]


def test_another_version_is_another_baseline(compact, subject_of):
    (problem,) = RULE.check(subject_of(extending(compact, "house@2")))

    assert problem.message == "there is no baseline 'house@2'"


def test_where_no_name_is_near_all_of_them_are_listed(compact, subject_of):
    (problem,) = RULE.check(subject_of(extending(compact, "public-facing@4")))

    assert problem.hint == "one of: house@1"


def test_a_policy_that_extends_nothing_is_accepted(compact, subject_of):
    assert list(RULE.check(subject_of(extending(compact, "house@1")))) == []
    assert list(RULE.check(subject_of(compact.replace("extends: house@1\n", "")))) == []
