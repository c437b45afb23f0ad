"""Each kind of change as people read it: on a narrow and a wide terminal, and in a comment."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from policyctl.core.diff.change import Kind
from policyctl.core.diff.effect import Effect
from policyctl.core.diff.policies import effect_of, policy_changes
from policyctl.core.diff.recorded import RecordedChange
from policyctl.core.diff.requirement import Requirement
from policyctl.core.effective import resolve
from policyctl.core.entry import ChangeAction
from policyctl.core.finding import Finding, Severity
from policyctl.core.root_difference import RootChange
from policyctl.core.stages import Stage
from policyctl.render import diff_github, diff_markdown
from policyctl.render.json import diff as as_json
from policyctl.render.lines import plain
from policyctl.render.text import diff as as_text
from policyctl.usecases.diff import Comparison, PolicyDiff

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
EXCEPTION = {
    "id": "EX-1",
    "guardrail": "pii/email",
    "when": {"app": "mail"},
    "reason": "the customer's own address",
    "owner": "crm",
    "expires": "2026-12-31",
}
GUARDRAIL = {"detector": "pii/email", "direction": "output"}
SCOPE = {"guardrails": ["pii"], "apps": ["chat"], "cohorts": ["beta"], "share": "5%", "key": "user"}
TOPIC = {"name": "medicine", "definition": "Advice about medicines."}
BASE = {
    "id": "chat",
    "name": "Chat",
    "purpose": "Answers customers.",
    "use_case": "public-facing",
    "data_sensitivity": "internal",
    "owner": "crm",
    "stage": "logging",
    "sensitivity": "L2",
    "applies_to": {"apps": ["chat"], "engine": "nemo"},
    "guardrails": [{"detector": "pii"}],
}


def pii(**values):
    return {"guardrails": [{"detector": "pii"}, {**GUARDRAIL, **values}]}


def scope(**values):
    return {"limited": {**SCOPE, **values}}


def exception(**values):
    return {"exceptions": [{**EXCEPTION, **values}]}


def gate(**values):
    return {"gates": {"enforce": values}}


LEFT_OUT = {"exceptions": []}
DIALS = (pii(sensitivity="L1"), pii(sensitivity="L3"))
SHARES = (scope(), scope(share="20%"))
DOMAINS = ["example.com", "*.example.org"]

CASES = {
    Kind.POLICY_NEW: (None, {}),
    Kind.POLICY_RETIRED: ({}, None),
    Kind.POLICY_RENAMED: ({}, {"id": "talk"}),
    Kind.STAGE: ({}, {"stage": "limited"}),
    Kind.SENSITIVITY: ({}, {"sensitivity": "L3"}),
    Kind.GUARDRAIL_ADDED: ({}, pii(action="redact")),
    Kind.GUARDRAIL_REMOVED: (pii(sensitivity="L4"), {}),
    Kind.GUARDRAIL_SWITCHED: (pii(), pii(enabled=False, reason="too noisy")),
    Kind.GUARDRAIL_SENSITIVITY: DIALS,
    Kind.GUARDRAIL_ACTION: (pii(), pii(action="redact")),
    Kind.GUARDRAIL_WORDS: (pii(words=["a", "b", "c"]), pii(words=["b", "c", "d", "e"])),
    Kind.GUARDRAIL_REGEX: (pii(regex=["a+"]), pii(regex=["a+b?"])),
    Kind.GUARDRAIL_TOPICS: (pii(topics=[TOPIC]), pii(topics=[{**TOPIC, "definition": "Drugs."}])),
    Kind.GUARDRAIL_DOMAINS: (pii(allowed_domains=DOMAINS[:1]), pii(allowed_domains=DOMAINS)),
    Kind.LIMITED: ({}, scope()),
    Kind.LIMITED_GUARDRAILS: (scope(), scope(guardrails=["pii/email"])),
    Kind.LIMITED_APPS: (scope(), {"limited": {**SCOPE, "apps": []}}),
    Kind.LIMITED_COHORTS: (scope(), scope(cohorts=["beta", "staff"])),
    Kind.LIMITED_SHARE: SHARES,
    Kind.LIMITED_KEY: (scope(), scope(key="session")),
    Kind.EXCEPTION_ADDED: (LEFT_OUT, exception()),
    Kind.EXCEPTION_REMOVED: (exception(), LEFT_OUT),
    Kind.EXCEPTION_EXPIRY: (exception(), exception(expires="2027-06-30")),
    Kind.EXCEPTION_GUARDRAIL: (exception(), exception(guardrail="pii")),
    Kind.EXCEPTION_CRITERION: (exception(), exception(when={"app": ["mail", "chat"]})),
    Kind.EXCEPTION_TEXT: (exception(), exception(reason="another one")),
    Kind.APPS: ({}, {"applies_to": {"apps": ["chat", "voice"], "engine": "nemo"}}),
    Kind.ENGINE: ({}, {"applies_to": {"apps": ["chat"], "engine": "bedrock"}}),
    Kind.USE_CASE: ({}, {"use_case": "internal-facing"}),
    Kind.DATA_SENSITIVITY: ({}, {"data_sensitivity": "confidential"}),
    Kind.OWNER: ({}, {"owner": "sales"}),
    Kind.THRESHOLDS: ({"thresholds": {"owner": "security"}}, {}),
    Kind.GATE: (gate(false_positives="1%"), gate(false_positives="2.5%")),
    Kind.ESCALATION: ({}, {"escalation": [{"when": "flag rate above 5% for 3d", "do": "tighten"}]}),
    Kind.CONTROLS: ({}, {"controls": {"owasp-llm-2026": ["LLM01", "LLM02"]}}),
    Kind.BASELINE: ({"extends": "public-facing@1"}, {"extends": "public-facing@2"}),
    Kind.TEXT: ({}, {"purpose": "Answers | `everybody` <b>\x1b[31m @all."}),
}
EFFECTS = {
    Effect.LOOSER: {
        *(Kind.POLICY_RETIRED, Kind.GUARDRAIL_ADDED, Kind.GUARDRAIL_REMOVED),
        *(Kind.GUARDRAIL_SWITCHED, Kind.GUARDRAIL_ACTION, Kind.GUARDRAIL_DOMAINS),
        *(Kind.LIMITED_GUARDRAILS, Kind.EXCEPTION_ADDED, Kind.EXCEPTION_EXPIRY),
        *(Kind.EXCEPTION_GUARDRAIL, Kind.EXCEPTION_CRITERION, Kind.THRESHOLDS, Kind.GATE),
    },
    Effect.TIGHTER: {
        *(Kind.POLICY_NEW, Kind.STAGE, Kind.SENSITIVITY, Kind.GUARDRAIL_SENSITIVITY),
        *(Kind.LIMITED, Kind.LIMITED_APPS, Kind.LIMITED_COHORTS, Kind.LIMITED_SHARE),
        *(Kind.EXCEPTION_REMOVED, Kind.APPS, Kind.DATA_SENSITIVITY, Kind.ESCALATION),
    },
    Effect.MIXED: {Kind.GUARDRAIL_WORDS, Kind.LIMITED_KEY},
    Effect.UNKNOWN: {Kind.GUARDRAIL_REGEX, Kind.GUARDRAIL_TOPICS, Kind.ENGINE, Kind.USE_CASE},
    Effect.NEUTRAL: {
        *(Kind.POLICY_RENAMED, Kind.EXCEPTION_TEXT, Kind.OWNER, Kind.CONTROLS, Kind.BASELINE),
        Kind.TEXT,
    },
}


def effective(values):
    return None if values is None else resolve({**BASE, **values}, None)


def policy_diff(kind, **more):
    before, after = map(effective, CASES[kind])
    changes = policy_changes(before, after, now=NOW)
    known = PolicyDiff(
        policy="chat",
        file="policies/chat.yaml",
        changes=changes,
        effect=effect_of(changes),
        requirement=Requirement(action=ChangeAction.EDIT, approvals={"security": 1}),
        recorded=RecordedChange(entry=2),
        apps=("chat",),
        stage="logging",
    )
    return replace(known, **more)


def comparison(*items, **more):
    return Comparison(before="main", after="HEAD", policies=items, compared=len(items), **more)


def every_kind(draw):
    return "\n".join(f"== {kind.value}\n\n{draw(comparison(policy_diff(kind)))}" for kind in CASES)


def test_there_is_a_case_for_every_kind_of_change():
    assert set(CASES) == set(Kind)


@pytest.mark.parametrize("kind", Kind, ids=lambda kind: kind.value)
def test_each_kind_has_the_effect_that_it_should_have(kind):
    item = policy_diff(kind)
    assert kind in {change.kind for change in item.changes}
    assert item.effect is next(effect for effect, kinds in EFFECTS.items() if kind in kinds)


@pytest.mark.parametrize("width", [80, 160])
def test_every_kind_on_a_terminal(width, golden):
    found = every_kind(lambda item: plain(as_text.render(item, width)))
    golden(f"diff-kinds-{width}.txt", found)


def test_every_kind_in_a_comment(golden):
    golden("diff-kinds.md", every_kind(diff_markdown.render))


UNREAD = Finding(
    code="unknown-key", severity=Severity.ERROR, message="no | key", file="policies/b.yaml"
)
REPORT = comparison(
    policy_diff(Kind.EXCEPTION_ADDED, recorded=RecordedChange()),
    policy_diff(
        Kind.STAGE,
        requirement=Requirement(
            action=ChangeAction.PROMOTE, approvals={"risk": 1, "security": 2}, gate=Stage.LIMITED
        ),
        recorded=RecordedChange(entry=4, missing={"security": 1}),
        renamed_from="talk",
        apps=(),
    ),
    policy_diff(Kind.TEXT, edited=False, requirement=Requirement(action=None)),
    governance=(
        RootChange(topic="people", text="'eve' may write changes", effect=Effect.LOOSER),
        RootChange(topic="solo", text="authors cannot approve | <b>", effect=Effect.TIGHTER),
    ),
    unread=(UNREAD,),
)


@pytest.mark.parametrize(
    ("name", "draw"),
    [
        ("txt", lambda report: plain(as_text.render(report, 100))),
        ("md", diff_markdown.render),
        ("github.txt", diff_github.render),
        ("json", lambda report: as_json.render(report, "not_judged")),
    ],
)
def test_a_report_with_everything_that_can_be_missing(name, draw, golden):
    golden(f"diff.{name}", draw(REPORT))


def test_a_comment_never_grows_beyond_the_forge_s_limit_and_counts_what_it_leaves_out():
    many = comparison(*(policy_diff(Kind.GUARDRAIL_WORDS) for _ in range(400)))
    for limit in (3000, 20_000, 65_536):
        text = diff_markdown.render(many, limit=limit)
        assert len(text) <= limit
        assert "the comment would be too long" in text
        assert text.startswith("**400 policies differ; mixed")


def test_every_change_in_json_has_what_a_script_ties_an_approval_to():
    data = json.loads(as_json.render(comparison(policy_diff(Kind.STAGE)), "pass"))
    change = data["result"]["policies"][0]["changes"][0]

    assert change["id"] == "chat:stage"
    assert len(change["fingerprint"]) == 16
    assert (change["before"], change["after"], change["effect"]) == (
        *("logging", "limited"),
        "tighter",
    )


def test_nothing_that_differs_is_said_in_one_line():
    assert plain(as_text.render(comparison())) == "main -> HEAD\nno policy differs\n"
