"""A policy in force: every part of a complete document arrives."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest

from policyctl.core.levels import Sensitivity
from policyctl.core.policy import (
    Gate,
    Guardrail,
    Inference,
    Limited,
    Policy,
    PolicyException,
    Thresholds,
    Topic,
    Trigger,
    exception_from,
    gate_from,
    guardrail_from,
    limited_from,
    policy_from,
    thresholds_from,
)
from policyctl.core.sides import Action, Direction
from policyctl.core.stages import Stage

REQUIRED = {
    "id": "support",
    "name": "Support",
    "purpose": "Answers questions.",
    "use_case": "public-facing",
    "data_sensitivity": "internal",
    "owner": "crm",
    "stage": "logging",
    "sensitivity": "L2",
    "guardrails": [],
}
GUARDRAIL = {"detector": "pii", "direction": "input", "action": "redact", "sensitivity": "L3"}
EXCEPTION = {
    "id": "EX-1",
    "guardrail": "pii/email",
    "when": {"app": "newsletter"},
    "reason": "the customer's own address",
    "owner": "crm",
    "expires": "2027-02-01",
}


def test_what_a_document_leaves_out_is_empty():
    assert policy_from(REQUIRED) == Policy(
        id="support",
        name="Support",
        purpose="Answers questions.",
        use_case="public-facing",
        data_sensitivity="internal",
        owner="crm",
        stage=Stage.LOGGING,
        sensitivity=Sensitivity.L2,
        guardrails=(),
        extends="",
        apps=(),
        engine="",
        limited=None,
        exceptions=(),
        thresholds=Thresholds(owner="", reviewer="", review_every=None),
        gates={},
        escalation=(),
        controls={},
    )


def test_every_part_of_a_document_arrives():
    trigger = {"when": "flag rate above 5% for 3d", "do": "tighten", "notify": "security"}
    policy = policy_from(
        REQUIRED
        | {
            "extends": "house@3",
            "applies_to": {"apps": ["chat", "voice"], "engine": "litellm"},
            "stage": "limited",
            "guardrails": [GUARDRAIL],
            "limited": {"apps": ["chat"]},
            "exceptions": [EXCEPTION],
            "thresholds": {"owner": "security"},
            "gates": {"enforce": {"records": 7}},
            "escalation": [trigger],
            "controls": {"owasp-llm-2026": ["LLM01", "LLM02"]},
        }
    )

    assert (policy.extends, policy.apps, policy.engine) == ("house@3", ("chat", "voice"), "litellm")
    assert policy.stage is Stage.LIMITED
    assert policy.guardrails == (guardrail_from(GUARDRAIL),)
    assert policy.limited == Limited(apps=("chat",), salt="policyctl/v1:support")
    assert policy.exceptions == (exception_from(EXCEPTION),)
    assert policy.thresholds == Thresholds(owner="security")
    assert policy.gates == {Stage.ENFORCE: Gate(records=7)}
    assert policy.escalation == (Trigger(**trigger),)
    assert policy.controls == {"owasp-llm-2026": ("LLM01", "LLM02")}


def test_a_guardrail_keeps_what_it_looks_for():
    topic = {"name": "advice", "definition": "medical advice", "examples": ["what dose?"]}
    more = {
        "enabled": False,
        "words": ["Acme", "Globex"],
        "regex": ["Acme.*"],
        "topics": [topic, {"name": "law", "definition": "legal advice"}],
        "allowed_domains": ["example.com"],
        "reason": "because",
    }

    assert guardrail_from(GUARDRAIL | more) == Guardrail(
        detector="pii",
        direction=Direction.INPUT,
        action=Action.REDACT,
        sensitivity=Sensitivity.L3,
        enabled=False,
        words=("Acme", "Globex"),
        regex=("Acme.*",),
        topics=(
            Topic(name="advice", definition="medical advice", examples=("what dose?",)),
            Topic(name="law", definition="legal advice"),
        ),
        allowed_domains=("example.com",),
        reason="because",
    )


def test_a_guardrail_is_enabled_unless_it_says_otherwise():
    assert guardrail_from(GUARDRAIL).enabled


@pytest.mark.parametrize(
    ("item", "scope"),
    [
        ({"apps": ["a", "b"]}, Limited(apps=("a", "b"), salt="policyctl/v1:support")),
        (
            {"share": "2.5%", "key": "user_id", "salt": "own"},
            Limited(share=Fraction(1, 40), key="user_id", salt="own"),
        ),
        (
            {"guardrails": ["pii"], "cohorts": ["beta"], "share": "0%", "key": "k"},
            Limited(
                guardrails=("pii",),
                cohorts=("beta",),
                share=Fraction(0),
                key="k",
                salt="policyctl/v1:support",
            ),
        ),
    ],
)
def test_a_limited_scope_has_a_salt_of_its_policy_unless_it_names_one(item, scope):
    assert limited_from(item, "support") == scope


@pytest.mark.parametrize(
    ("when", "criterion"),
    [
        ({"app": "chat"}, {"apps": ("chat",)}),
        ({"app": ["chat", "shop"]}, {"apps": ("chat", "shop")}),
        ({"cohort": "beta"}, {"cohorts": ("beta",)}),
        ({"key": ["u1"]}, {"keys": ("u1",)}),
        ({"direction": "output"}, {"direction": Direction.OUTPUT}),
        (
            {"app": "chat", "cohort": ["a", "b"], "key": "u", "direction": "input"},
            {
                "apps": ("chat",),
                "cohorts": ("a", "b"),
                "keys": ("u",),
                "direction": Direction.INPUT,
            },
        ),
    ],
)
def test_an_exception_takes_one_value_or_several(when, criterion):
    assert exception_from(EXCEPTION | {"when": when, "ticket": "SEC-1"}) == PolicyException(
        id="EX-1",
        guardrail="pii/email",
        reason="the customer's own address",
        owner="crm",
        expires=date(2027, 2, 1),
        ticket="SEC-1",
        **criterion,
    )


@pytest.mark.parametrize("expires", ["2027-02-30", "2027-2-1", "soon", ""])
def test_an_exception_whose_day_does_not_exist_has_none(expires):
    assert exception_from(EXCEPTION | {"expires": expires}).expires is None


def test_thresholds_are_owned_and_reviewed():
    item = {"owner": "security", "reviewer": "sam", "review_every": "12w"}

    assert thresholds_from(item) == Thresholds(
        owner="security", reviewer="sam", review_every=timedelta(weeks=12)
    )


def test_a_gate_asks_for_what_it_says_and_for_the_default_otherwise():
    assert gate_from({}) == Gate()
    assert gate_from({"window": "3w", "inference": "fixed"}) == Gate(
        window=timedelta(weeks=3), inference=Inference.FIXED
    )
    assert gate_from(
        {"records": 5, "reviewed": 6, "false_positives": "0.5%", "confidence": "99.9%"}
    ) == Gate(
        records=5,
        reviewed=6,
        false_positives=Fraction(1, 200),
        confidence=Fraction(999, 1000),
    )
