"""Corner cases of engine-cannot-express."""

from __future__ import annotations

import pytest

from policyctl.rules.engine_cannot_express import RULE
from policyctl.rules.rule import Problem


def policy(compact, engine, *items, tail="", stage="logging"):
    listed = "".join(f"  - {{{item}}}\n" for item in items)
    return (
        compact.replace("extends: house@1\n", "sensitivity: L3\n").replace("logging", stage)
        + f"applies_to: {{engine: {engine}}}\nguardrails:\n  - detector: prompt_attack\n{listed}"
        + tail
    )


def test_the_detectors_that_an_engine_lacks_are_listed_once(compact, subject_of):
    text = policy(compact, "bedrock", "detector: unknown_links", "detector: moderated_content")

    assert list(RULE.check(subject_of(text))) == [
        Problem(
            message="Amazon Bedrock Guardrails has no detector for moderated_content/self_harm,"
            " moderated_content/weapons, unknown_links",
            at=("applies_to", "engine"),
            hint="let something else detect it, and switch it off here with the reason",
        )
    ]


def test_a_member_that_is_switched_off_is_not_asked_for(compact, subject_of):
    text = policy(
        compact,
        "bedrock",
        "detector: moderated_content",
        "detector: moderated_content/self_harm, enabled: false",
        "detector: moderated_content/weapons, enabled: false",
    )

    assert list(RULE.check(subject_of(text))) == []


@pytest.mark.parametrize(
    ("engine", "item", "count"),
    [
        ("lakera", "detector: secrets", 1),
        ("lakera", "detector: secrets, regex: ['AKIA[0-9A-Z]{16}']", 0),
        ("azure", "detector: secrets, regex: ['AKIA[0-9A-Z]{16}']", 1),
        ("model-armor", "detector: topic/medical", 1),
        ("model-armor", "detector: custom/x", 0),
        ("litellm", "detector: unknown_links", 0),
        ("other", "detector: unknown_links", 0),
    ],
)
def test_what_expressions_can_replace_is_not_lost(compact, subject_of, engine, item, count):
    assert len(list(RULE.check(subject_of(policy(compact, engine, item))))) == count


@pytest.mark.parametrize(("stage", "count"), [("logging", 1), ("limited", 1), ("enforce", 0)])
def test_an_engine_that_cannot_only_log_is_found_before_enforce(compact, subject_of, stage, count):
    found = list(RULE.check(subject_of(policy(compact, "nemo", stage=stage))))

    assert [problem.message for problem in found] == [
        f"NeMo Guardrails cannot be configured to log only, and the stage is '{stage}'"
    ] * count


@pytest.mark.parametrize(
    ("engine", "limited", "places"),
    [
        ("bedrock", "share: 10%, key: user_id", [("limited", "share")]),
        ("bedrock", "cohorts: [beta]", []),
        ("litellm", "cohorts: [beta], share: 10%, key: user_id", [("limited", "share")]),
        (
            "openai-guardrails",
            "cohorts: [beta], share: 10%, key: user_id",
            [("limited", "share"), ("limited", "cohorts")],
        ),
        ("nemo", "guardrails: [prompt_attack]", []),
    ],
)
def test_a_scope_that_the_engine_cannot_tell_apart_is_found(
    compact, subject_of, engine, limited, places
):
    text = policy(compact, engine, tail=f"limited: {{{limited}}}\n", stage="enforce")

    assert [problem.at for problem in RULE.check(subject_of(text))] == places


def test_the_hint_offers_cohorts_only_where_they_exist(compact, subject_of):
    tail = "limited: {share: 10%, key: user_id}\n"

    hints = [
        problem.hint
        for engine in ("bedrock", "nemo")
        for problem in RULE.check(subject_of(policy(compact, engine, tail=tail, stage="enforce")))
    ]

    assert hints == [
        "limit it by guardrails, apps or cohorts",
        "limit it by guardrails or apps",
    ]
