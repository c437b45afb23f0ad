"""Corner cases of share-without-effect."""

from __future__ import annotations

import pytest

from policyctl.rules.rule import Problem
from policyctl.rules.share_without_effect import RULE

HOUSE = (
    "id: house\nversion: 1\nsensitivity: L3\nguardrails: [{detector: pii}]\n"
    "limited: {share: 100%, key: user_id}\n"
)


def limited(share):
    return f"limited: {{share: {share}, key: user_id}}\n"


@pytest.mark.parametrize("share", ["0%", "0.0%", "00%"])
def test_a_share_of_nobody_is_found(compact, subject_of, share):
    assert list(RULE.check(subject_of(compact + limited(share)))) == [
        Problem(
            message="limited.share is 0%, so the stage 'limited' acts on nobody",
            at=("limited", "share"),
            hint="give it a share above 0%",
        )
    ]


def test_a_share_of_everybody_is_found(compact, subject_of):
    assert list(RULE.check(subject_of(compact + limited("100%")))) == [
        Problem(
            message="limited.share is 100%, so it leaves nobody out",
            at=("limited", "share"),
            hint="give it a share below 100%, or leave out 'share' and 'key'",
        )
    ]


def test_a_share_of_the_baseline_is_shown_where_the_policy_extends_it(compact, subject_of):
    assert list(RULE.check(subject_of(compact, house=HOUSE))) == [
        Problem(
            message="limited.share is 100%, so it leaves nobody out (from 'house@1')",
            at=("extends",),
            hint="overrule the baseline with 'limited.share' in this file",
        )
    ]


@pytest.mark.parametrize("share", ["0.0001%", "99.9999%"])
def test_the_smallest_and_the_largest_share_between_are_accepted(compact, subject_of, share):
    assert list(RULE.check(subject_of(compact + limited(share)))) == []


def test_a_scope_without_a_share_is_accepted(compact, subject_of):
    assert list(RULE.check(subject_of(compact + "limited: {apps: [shop]}\n"))) == []
