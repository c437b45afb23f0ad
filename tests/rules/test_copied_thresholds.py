"""Corner cases of copied-thresholds."""

from __future__ import annotations

import pytest

from policyctl.rules.copied_thresholds import RULE
from policyctl.rules.rule import Problem


def policy(
    compact, name, *, use_case="public-facing", data="internal", dials="prompt_attack L4", tail=""
):
    detector, level = dials.split()
    return (
        compact.replace("id: support", f"id: {name}")
        .replace("use_case: public-facing", f"use_case: {use_case}")
        .replace("data_sensitivity: internal", f"data_sensitivity: {data}")
        + f"{tail}guardrails:\n  - {{detector: {detector}, sensitivity: {level}}}\n"
    )


def found(estate):
    return [(subject.data["id"], problem) for subject, problem in RULE.check(estate)]


def test_the_first_by_id_is_what_the_others_are_compared_with(compact, estate_of):
    estate = estate_of(
        policy(compact, "chat", use_case="internal-facing"),
        policy(compact, "archive", data="public"),
    )

    assert found(estate) == [
        (
            "chat",
            Problem(
                message="the guardrails have the same sensitivities as in policy 'archive',"
                " which is for use case 'public-facing' with public data",
                at=("guardrails",),
                hint="set them by what this policy's own records show,"
                " or give each the reason that holds here",
                key=True,
            ),
        )
    ]


def test_every_further_copy_is_found(compact, estate_of):
    estate = estate_of(
        policy(compact, "a"),
        policy(compact, "b"),
        policy(compact, "c", data="public"),
        policy(compact, "d", data="confidential"),
    )

    assert [name for name, _ in found(estate)] == ["c", "d"]


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"data": "public", "dials": "prompt_attack L2"},
        {"data": "public", "dials": "pii L4"},
        {"data": "public", "tail": "sensitivity: L2\n"},
    ],
    ids=["same use and data", "another level", "another guardrail", "another dial"],
)
def test_what_differs_or_serves_the_same_is_accepted(compact, estate_of, other):
    estate = estate_of(policy(compact, "a"), policy(compact, "b", **other))

    assert found(estate) == []


def test_policies_without_values_of_their_own_share_only_their_baseline(compact, estate_of):
    other = compact.replace("id: support", "id: other").replace("data_sensitivity: internal", "")

    assert found(estate_of(compact, other + "data_sensitivity: public\n")) == []


def test_a_reason_of_ones_own_shows_that_somebody_chose(compact, estate_of):
    first = policy(compact, "a").replace("L4}", "L4, reason: two incidents in spring}")
    copied = first.replace("id: a", "id: b").replace("internal\n", "public\n")
    chosen = copied.replace("two incidents in spring", "read by minors")

    assert [name for name, _ in found(estate_of(first, copied))] == ["b"]
    assert found(estate_of(first, chosen)) == []
