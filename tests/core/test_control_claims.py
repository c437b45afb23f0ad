"""What a claim to serve a control is worth: no more than stage, guardrails and ledger prove."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from policyctl.adapters.catalogues import shipped_catalogues
from policyctl.core.applied import DriftCheck
from policyctl.core.control_claims import Worth, judged_claims, unknown_controls
from policyctl.core.diff.effect import Effect
from policyctl.core.effective import Effective
from policyctl.core.entry import ChangeAction, Entry
from policyctl.core.estate import PolicyState
from policyctl.core.finding import Finding, Severity
from policyctl.core.recorded import Recorded
from policyctl.core.stages import Stage

LLM, RMF = "owasp-llm-2026", "nist-ai-rmf-1.0"
ATTACKS = {
    "detector": "prompt_attack",
    "direction": "input",
    "action": "block",
    "sensitivity": "L2",
}
SECRETS = ATTACKS | {"detector": "secrets", "direction": "output"}


def state(stage, controls, guardrails=(ATTACKS,), checks=()):
    entry = Entry(
        log="ab" * 32,
        policy="shop",
        path="policies/shop.yaml",
        seq=4,
        prev="c" * 64,
        change="c1",
        action=ChangeAction.PROMOTE,
        source=None,
        target=stage,
        before=None,
        after="d" * 64,
        owner="assistants",
        use_case="u",
        rationale="why",
        root=1,
        requested_at=datetime(2026, 11, 1, tzinfo=UTC),
    )
    data = {
        "id": "shop",
        "name": "Shop",
        "purpose": "p",
        "use_case": "u",
        "data_sensitivity": "internal",
        "owner": "assistants",
        "stage": stage.value,
        "sensitivity": "L2",
        "guardrails": list(guardrails),
        "controls": controls,
    }
    last = Recorded(entry=entry, content=b"", approvals={}, missing={})
    effective = Effective(data=data, weakenings=(), inherited={}, sources=(data, None, {}))
    return PolicyState(id="shop", entries=(last,), last=last, effective=effective, checks=checks)


def judged(stage, controls, guardrails=(ATTACKS,), **found):
    return judged_claims(state(stage, controls, guardrails), shipped_catalogues(), **found)


def finding(code, policy=""):
    return Finding(code=code, severity=Severity.ERROR, message="m", policy=policy)


@pytest.mark.parametrize(
    ("stage", "worth", "why"),
    [
        (Stage.ENFORCE, Worth.KEPT, "has the policy in enforce"),
        (Stage.LIMITED, Worth.PARTLY, "has the policy in limited: the rest is only logged"),
        (Stage.LOGGING, Worth.WATCHED, "has the policy in logging: nothing is blocked"),
    ],
)
def test_a_claim_is_worth_what_the_stage_is(stage, worth, why):
    (claim,) = judged(stage, {LLM: ["LLM01"]})

    assert (claim.worth, claim.satisfied) == (worth, stage is Stage.ENFORCE)
    assert claim.why == f"entry 4, which is in force, {why}"
    assert claim.title == "Prompt Injection"


def test_a_control_of_owasp_that_no_enabled_guardrail_serves_is_unserved():
    off = SECRETS | {"enabled": False}

    attacks, leaks = judged(Stage.ENFORCE, {LLM: ["LLM02", "LLM01"]}, (ATTACKS, off))
    (served,) = judged(Stage.ENFORCE, {LLM: ["LLM02"]}, (ATTACKS, SECRETS))

    assert [item.detector for item in attacks.guardrails] == ["prompt_attack"]
    assert (leaks.control, leaks.worth, leaks.guardrails) == ("LLM02", Worth.UNSERVED, ())
    assert [item.detector for item in served.guardrails] == ["secrets"]


def test_a_control_that_governance_serves_is_served_by_every_enabled_guardrail():
    (planned,) = judged(Stage.ENFORCE, {RMF: ["GOVERN 1.5"]}, (ATTACKS, SECRETS))
    (empty,) = judged(Stage.ENFORCE, {RMF: ["GOVERN 1.5"]}, ())

    assert (planned.worth, len(planned.guardrails)) == (Worth.KEPT, 2)
    assert empty.worth is Worth.UNSERVED


@pytest.mark.parametrize(
    ("found", "worth", "why"),
    [
        ({"broken": [finding("B"), finding("A")]}, Worth.UNTRUSTED, "does not verify: A, B"),
        ({"broken": [finding("A", "shop")]}, Worth.UNTRUSTED, "does not verify: A"),
        ({"broken": [finding("A", "other")]}, Worth.KEPT, "in enforce"),
        ({"gaps": [finding("G")]}, Worth.UNTRUSTED, "could not be judged: G"),
    ],
)
def test_nothing_is_worth_more_than_the_ledger(found, worth, why):
    (claim,) = judged(Stage.ENFORCE, {LLM: ["LLM01"]}, **found)

    assert claim.worth is worth
    assert claim.why.endswith(why)


def test_what_no_catalogue_has_is_named_and_not_judged():
    controls = {LLM: ["LLM01", "LLM77"], "house-1": ["H1"]}

    assert [item.control for item in judged(Stage.ENFORCE, controls)] == ["LLM01"]
    policy = state(Stage.ENFORCE, controls).policy
    found = unknown_controls(policy, shipped_catalogues())
    assert found == ("house-1 H1", f"{LLM} LLM77")


def test_a_policy_that_is_not_in_force_claims_nothing():
    empty = PolicyState(id="shop", entries=(), last=None)

    assert judged_claims(empty, shipped_catalogues()) == ()


def check(target, effect, differences=1):
    return DriftCheck(
        policy="shop",
        entry=4,
        digest="d" * 64,
        target=target,
        checked=datetime(2026, 11, 2, tzinfo=UTC),
        by="erin",
        effect=effect,
        differences=differences,
    )


@pytest.mark.parametrize(
    ("stage", "effect", "differences", "worth"),
    [
        (Stage.ENFORCE, Effect.LOOSER, 1, Worth.DRIFTED),
        (Stage.ENFORCE, Effect.UNKNOWN, 1, Worth.DRIFTED),
        (Stage.ENFORCE, Effect.TIGHTER, 1, Worth.KEPT),
        (Stage.ENFORCE, Effect.NEUTRAL, 0, Worth.KEPT),
        (Stage.LIMITED, Effect.LOOSER, 1, Worth.DRIFTED),
        (Stage.LOGGING, Effect.LOOSER, 1, Worth.WATCHED),
    ],
)
def test_an_engine_that_lets_through_more_takes_a_claims_worth(stage, effect, differences, worth):
    checks = (check("azure", effect, differences), check("lakera", Effect.NEUTRAL, 0))

    (claim,) = judged_claims(state(stage, {LLM: ["LLM01"]}, checks=checks), shipped_catalogues())

    assert claim.worth is worth
    assert ("azure may let through more" in claim.why) is (worth is Worth.DRIFTED)
    assert "lakera" not in claim.why
