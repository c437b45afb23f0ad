"""A policy in plain words: what its stage does to traffic."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from policyctl.core.levels import Sensitivity
from policyctl.core.policy import Guardrail, Limited, Policy
from policyctl.core.prose import consequence, guardrail_words, scope
from policyctl.core.sides import Action, Direction
from policyctl.core.stages import Stage


def guardrail(detector, **more):
    more = {"direction": Direction.INPUT, "action": Action.BLOCK} | more
    return Guardrail(detector=detector, **{"sensitivity": Sensitivity.L2} | more)


ATTACK = guardrail("prompt_attack")
PII = guardrail("pii", direction=Direction.OUTPUT, action=Action.REDACT, sensitivity=Sensitivity.L3)
EMAIL = guardrail("pii/email", direction=Direction.OUTPUT, sensitivity=Sensitivity.L1)
POLICY = Policy(
    id="support",
    name="Support",
    purpose="Answers questions.",
    use_case="public-facing",
    data_sensitivity="internal",
    owner="support",
    stage=Stage.ENFORCE,
    sensitivity=Sensitivity.L2,
    guardrails=(ATTACK, PII),
)


def in_limited(**limited):
    return consequence(replace(POLICY, stage=Stage.LIMITED, limited=Limited(**limited)))


def test_logging_blocks_nothing():
    said = consequence(replace(POLICY, stage=Stage.LOGGING, limited=Limited()))

    assert said == "nothing is blocked: detections are only logged"


def test_enforce_names_every_guardrail():
    assert consequence(POLICY) == (
        "blocks prompt_attack input from L2 and redacts pii output from L3, on all traffic"
    )


def test_a_disabled_guardrail_is_not_said_to_act():
    off = replace(PII, enabled=False)

    assert consequence(replace(POLICY, guardrails=(ATTACK, off))) == (
        "blocks prompt_attack input from L2, on all traffic"
    )


def test_without_an_enabled_guardrail_none_acts():
    off = replace(ATTACK, enabled=False)

    assert consequence(replace(POLICY, guardrails=(off,))) == "no guardrail acts, on all traffic"


def test_limited_without_a_scope_blocks_nothing():
    said = consequence(replace(POLICY, stage=Stage.LIMITED))

    assert said == "nothing is blocked: no limited scope is written down"


def test_limited_names_its_guardrails_and_its_scope():
    said = in_limited(guardrails=("prompt_attack",), apps=("chat",))

    assert said == "blocks prompt_attack input from L2, in chat; the rest is only logged"


def test_a_limited_scope_without_guardrails_holds_all_of_them():
    assert in_limited(cohorts=("beta",)) == (
        "blocks prompt_attack input from L2 and redacts pii output from L3, for beta;"
        " the rest is only logged"
    )


def test_a_listed_family_holds_its_members():
    policy = replace(POLICY, guardrails=(ATTACK, EMAIL), stage=Stage.LIMITED)

    assert consequence(replace(policy, limited=Limited(guardrails=("pii",)))) == (
        "blocks pii/email output from L1, everywhere; the rest is only logged"
    )


def test_a_guardrail_of_which_no_part_is_listed_is_not_said_to_act():
    assert in_limited(guardrails=("secrets",)).startswith("no guardrail acts")
    assert in_limited(guardrails=("prompt",)).startswith("no guardrail acts")


def test_a_family_whose_listed_member_has_a_guardrail_of_its_own_is_not_said_to_act():
    policy = replace(POLICY, guardrails=(PII, EMAIL), stage=Stage.LIMITED)

    assert consequence(replace(policy, limited=Limited(guardrails=("pii/email",)))) == (
        "blocks pii/email output from L1, everywhere; the rest is only logged"
    )


def test_a_family_of_which_one_member_is_listed_is_not_said_to_act_as_a_whole():
    assert "pii/email" in in_limited(guardrails=("pii/email",))


@pytest.mark.parametrize(
    ("limited", "words"),
    [
        (Limited(), "everywhere"),
        (Limited(guardrails=("pii",)), "everywhere"),
        (Limited(apps=("a",)), "in a"),
        (Limited(apps=("a", "b")), "in a and b"),
        (Limited(apps=("a", "b", "c")), "in a, b and c"),
        (Limited(cohorts=("beta",)), "for beta"),
        (
            Limited(share=Fraction(1, 10), key="user_id"),
            "for 10% of the traffic, sticky by user_id",
        ),
        (Limited(share=Fraction(1, 40), key="k"), "for 2.5% of the traffic, sticky by k"),
        (
            Limited(share=Fraction(999_999, 1_000_000), key="k"),
            "for 99.9999% of the traffic, sticky by k",
        ),
        (
            Limited(share=Fraction(1, 1_000_000), key="k"),
            "for 0.0001% of the traffic, sticky by k",
        ),
        (Limited(share=Fraction(0), key="k"), "for 0% of the traffic, sticky by k"),
        (
            Limited(apps=("a",), cohorts=("b",), share=Fraction(1, 2), key="k"),
            "in a, for b, for 50% of the traffic, sticky by k",
        ),
    ],
)
def test_a_scope_in_words(limited, words):
    assert scope(limited) == words


def test_a_guardrail_in_words():
    assert guardrail_words(PII) == "redacts pii output from L3"
