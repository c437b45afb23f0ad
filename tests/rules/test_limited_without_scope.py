"""Corner cases of limited-without-scope."""

from __future__ import annotations

import pytest

from policyctl.rules.limited_without_scope import RULE
from policyctl.rules.rule import Problem

HINT = "name guardrails, apps, cohorts or a share under 'limited:'"
HOUSE = "id: house\nversion: 1\nsensitivity: L3\nguardrails: [{detector: pii}]\nlimited: "


@pytest.fixture
def limited(compact):
    """The compact policy in the stage limited."""
    return compact.replace("stage: logging", "stage: limited")


def test_the_stage_is_found_where_there_is_no_scope(limited, subject_of):
    assert list(RULE.check(subject_of(limited))) == [
        Problem(
            message="the stage is 'limited', and nothing says to what", at=("stage",), hint=HINT
        )
    ]


def test_a_salt_alone_is_no_scope(limited, subject_of):
    assert list(RULE.check(subject_of(limited + "limited: {salt: s1}\n"))) == [
        Problem(
            message="the stage is 'limited', and its scope leaves nothing out",
            at=("limited",),
            hint=HINT,
        )
    ]


def test_a_salt_alone_from_the_baseline_is_shown_where_the_policy_extends_it(limited, subject_of):
    (problem,) = RULE.check(subject_of(limited, house=HOUSE + "{salt: s1}\n"))

    assert problem.at == ("extends",)


@pytest.mark.parametrize(
    "scope",
    ["guardrails: [pii]", "apps: [shop]", "cohorts: [beta]", "share: 0%, key: user_id"],
)
def test_one_line_that_narrows_is_a_scope(limited, subject_of, scope):
    assert list(RULE.check(subject_of(limited + f"limited: {{{scope}}}\n"))) == []


def test_the_baselines_scope_counts(limited, subject_of):
    assert list(RULE.check(subject_of(limited, house=HOUSE + "{apps: [shop]}\n"))) == []


@pytest.mark.parametrize("stage", ["logging", "enforce"])
def test_other_stages_need_no_scope(compact, subject_of, stage):
    text = compact.replace("stage: logging", f"stage: {stage}")

    assert list(RULE.check(subject_of(text))) == []
