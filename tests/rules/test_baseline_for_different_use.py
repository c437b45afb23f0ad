"""Corner cases of baseline-for-different-use."""

from __future__ import annotations

import pytest

from policyctl.rules.baseline_for_different_use import RULE
from policyctl.rules.rule import Problem


def policy(compact, name, *, use_case="public-facing", data="internal", tail=""):
    return (
        compact.replace("id: support", f"id: {name}")
        .replace("use_case: public-facing", f"use_case: {use_case}")
        .replace("data_sensitivity: internal", f"data_sensitivity: {data}")
        + tail
    )


def found(estate):
    return [(subject.data["id"], problem) for subject, problem in RULE.check(estate)]


def test_the_first_policy_of_another_use_is_named(compact, estate_of):
    estate = estate_of(
        policy(compact, "b", data="restricted"),
        policy(compact, "a"),
        policy(compact, "c"),
    )

    assert found(estate) == [
        (
            "b",
            Problem(
                message="'house@1' serves use case 'public-facing' with restricted data, and"
                " policy 'a' with the same dials use case 'public-facing' with internal data",
                at=("extends",),
                hint="give each its own baseline, or the dials that its own records call for",
            ),
        ),
        (
            "c",
            Problem(
                message="'house@1' serves use case 'public-facing' with internal data, and"
                " policy 'b' with the same dials use case 'public-facing' with restricted data",
                at=("extends",),
                hint="give each its own baseline, or the dials that its own records call for",
            ),
        ),
    ]


@pytest.mark.parametrize(
    ("other", "count"),
    [
        ({"use_case": "internal-facing"}, 1),
        ({"data": "restricted"}, 1),
        ({"data": "confidential"}, 0),
        ({"data": "public"}, 0),
        ({}, 0),
        ({"data": "restricted", "tail": "sensitivity: L4\n"}, 0),
        ({"data": "restricted", "tail": "guardrails: [{detector: secrets}]\n"}, 0),
        ({"data": "restricted", "tail": "thresholds: {owner: alice}\n"}, 1),
    ],
)
def test_what_is_a_different_use_and_what_is_adapted(compact, estate_of, other, count):
    estate = estate_of(policy(compact, "a"), policy(compact, "b", **other))

    assert len(found(estate)) == count
