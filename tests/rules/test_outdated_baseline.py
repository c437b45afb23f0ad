"""Corner cases of outdated-baseline."""

from __future__ import annotations

import pytest

from policyctl.rules.outdated_baseline import RULE
from policyctl.rules.rule import Problem


def test_the_newest_version_is_named_and_counted_as_a_number(compact, subject_of):
    text = "# baselines: house@2 house@10 house@9\n" + compact

    assert list(RULE.check(subject_of(text))) == [
        Problem(
            message="the policy extends 'house@1', and there is 'house@10'",
            at=("extends",),
            hint="read what 'house@10' changes, and move to it as a recorded change of its own",
        )
    ]


@pytest.mark.parametrize(
    "text",
    [
        "# baselines: household@2 other@3\n{compact}",
        "{compact}",
        "# baselines: gone@2\n{gone}",
    ],
    ids=["other baselines", "the newest", "unknown-baseline says so"],
)
def test_nothing_newer_of_the_same_baseline_is_accepted(compact, subject_of, text):
    gone = compact.replace("house@1", "gone@1")

    assert list(RULE.check(subject_of(text.format(compact=compact, gone=gone)))) == []
