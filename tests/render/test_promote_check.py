"""The gate before a merge as people and programs read it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from policyctl.core.diff.change import Kind, PolicyChange
from policyctl.core.diff.effect import Effect
from policyctl.core.diff.requirement import Requirement
from policyctl.core.entry import ChangeAction, Entry, EvidenceReference
from policyctl.core.finding import Finding, Severity, Span
from policyctl.core.merge_verdict import Check, Topic, Verdict
from policyctl.core.recorded import Recorded
from policyctl.core.root_difference import RootChange
from policyctl.core.stages import Stage
from policyctl.render import promote_check_github, promote_check_markdown
from policyctl.render.json import promote_check as as_json
from policyctl.render.lines import plain
from policyctl.render.text import promote_check as as_text
from policyctl.usecases.branch_changes import BranchChanges
from policyctl.usecases.diff import Comparison, PolicyDiff
from policyctl.usecases.judged_policy import JudgedPolicy
from policyctl.usecases.judged_root import JudgedRoot
from policyctl.usecases.policy_approvals import Turn
from policyctl.usecases.promotion_check import PromotionCheck

NASTY = "pipes | and <b>, 100%, @all\nand a line, \x1b[31mred"
DIGEST = "ab" * 32


def change(policy, kind, before, after, effect):
    return PolicyChange(
        policy=policy, kind=kind, path=kind.value, before=before, after=after, effect=effect
    )


def diff(policy, *changes, effect):
    return PolicyDiff(
        policy=policy,
        file=f"policies/{policy}.yaml",
        changes=changes,
        effect=effect,
        requirement=Requirement(action=ChangeAction.EDIT, approvals={"security": 1}),
        stage="limited",
    )


def entry(policy, action, source, target, *, evidence=()):
    made = Entry(
        log=DIGEST,
        policy=policy,
        path=f"policies/{policy}.yaml",
        seq=3,
        prev=DIGEST,
        change="c1",
        action=action,
        source=source,
        target=target,
        before=DIGEST,
        after=DIGEST,
        owner="crm",
        use_case="internal-facing",
        rationale="because",
        root=1,
        requested_at=datetime(2026, 11, 22, tzinfo=UTC),
        evidence=evidence,
    )
    return Recorded(entry=made, content=b"", authors=frozenset({"erin"}), approvals={}, missing={})


def row(policy, *checks, **more):
    known = JudgedPolicy(
        policy=policy,
        file=f"policies/{policy}.yaml",
        diff=None,
        entries=(),
        required={"security": 1},
        given={},
        turns=(),
        checks=checks,
        findings=tuple(
            Finding(
                code=f"promote-{check.topic.value}",
                severity=Severity.ERROR,
                message=check.text,
                hint=check.hint,
                file=f".policyctl/log/{policy}/000003.json",
                policy=policy,
            )
            for check in checks
            if check.verdict is not Verdict.READY
        ),
        span=Span(12, 1, 12, 6),
    )
    return replace(known, **more)


def check(topic, verdict, text, hint=""):
    return Check(topic=topic, verdict=verdict, text=text, hint=hint)


STAGED = diff(
    "chat",
    change("chat", Kind.STAGE, "logging", "limited", Effect.TIGHTER),
    effect=Effect.TIGHTER,
)
LOOSER = diff(
    "mail",
    change("mail", Kind.TEXT, "Helps.", NASTY, Effect.NEUTRAL),
    change("mail", Kind.SENSITIVITY, "L3", "L1", Effect.LOOSER),
    effect=Effect.LOOSER,
)
CHAT = row(
    "chat",
    check(Topic.RECORDED, Verdict.READY, "entry 3 (promote)"),
    check(Topic.GATE, Verdict.READY, "the gate of limited is met"),
    check(Topic.APPROVALS, Verdict.READY, "sam (security)"),
    diff=STAGED,
    given={"security": ("sam",)},
    entries=(
        entry(
            *("chat", ChangeAction.PROMOTE, Stage.LOGGING, Stage.LIMITED),
            evidence=(EvidenceReference(name="evidence/chat/000003.json", sha256=DIGEST),),
        ),
    ),
)
MAIL = row(
    "mail",
    check(
        *(Topic.APPROVALS, Verdict.OWED, "entry 3 of 'mail' (edit) lacks 1 x security"),
        "policyctl approve mail",
    ),
    diff=LOOSER,
    turns=(Turn(role="security", count=1, people=("sam", "pia")),),
    entries=(entry("mail", ChangeAction.EDIT, Stage.LIMITED, Stage.LIMITED),),
)
OTHER = row(
    "other",
    check(Topic.VALID, Verdict.REFUSED, NASTY, "mend | it"),
    check(Topic.CHAIN, Verdict.TAMPERED, "entry 2 of 'other' is gone"),
)
ROOT = JudgedRoot(
    before=1,
    after=2,
    signers={2: ("erin",)},
    changes=(RootChange(topic="people", text="'eve' may write", effect=Effect.LOOSER),),
    turns=(Turn(role="steward", count=1, people=("olga",)),),
    checks=(check(Topic.SIGNED, Verdict.OWED, "trust root 2 has 1 of the 2 signatures"),),
    findings=(),
    effective=2,
)
CHANGES = BranchChanges(
    base="main",
    tip="1" * 40,
    head="2" * 40,
    forks=("1" * 40, "3" * 40),
    files=("policies/chat.yaml", "policies/mail.yaml"),
)


def report(*rows, **more):
    found = [item.diff for item in rows if item.diff]
    known = PromotionCheck(
        changes=CHANGES,
        policies=rows,
        comparison=Comparison(before="main", after="2" * 12, policies=tuple(found)),
        sources={},
    )
    return replace(known, **more)


EVERYTHING = report(
    CHAT,
    MAIL,
    OTHER,
    governance=ROOT,
    others=(
        Finding(
            code="PATH_UNEXPECTED",
            severity=Severity.ERROR,
            message="policies/x.yml has no place",
            file="policies/x.yml",
        ),
    ),
    besides=(
        Finding(
            code="mixed-change-stream",
            severity=Severity.ERROR,
            message="it changes a policy together with deploy/a",
        ),
    ),
    unread=("policyctl.toml",),
)


@pytest.mark.parametrize("width", [80, 160])
def test_the_gate_on_a_terminal(width, golden):
    golden(f"promote-check-{width}.txt", plain(as_text.render(EVERYTHING, width)))


@pytest.mark.parametrize(
    ("name", "draw"),
    [
        ("md", promote_check_markdown.render),
        ("github.txt", promote_check_github.render),
        ("json", as_json.render),
    ],
)
def test_the_gate_for_a_forge(name, draw, golden):
    golden(f"promote-check.{name}", draw(EVERYTHING))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ((CHAT,), "pass: 2 policy changes may be merged into 'main'"),
        (
            (CHAT, MAIL),
            "not yet: 2 policy changes, and it is the turn of sam or pia (security)",
        ),
        (
            (CHAT, replace(OTHER, checks=OTHER.checks[:1])),
            "refused: 2 policy changes, and other cannot be merged as it is",
        ),
        (
            (MAIL, OTHER),
            "tampering: 2 policy changes, and something was taken away, replaced or forged",
        ),
    ],
)
def test_the_verdict_comes_first_in_every_format_for_people(rows, said):
    found = report(*rows)

    assert plain(as_text.render(found)).startswith(f"{said}\n")
    assert said in promote_check_markdown.render(found).partition("\n")[0]
    assert promote_check_github.render(found).endswith(f"{said}\n")
    assert json.loads(as_json.render(found))["result"]["text"] == said


def test_a_comment_never_grows_beyond_the_forge_s_limit():
    many = report(*(CHAT, MAIL, OTHER) * 300)
    for limit in (3000, 20_000, 65_536):
        text = promote_check_markdown.render(many, limit=limit)
        assert len(text) <= limit
        assert "more policies" in text
        assert "more findings" in text


def test_a_finding_of_an_entry_is_shown_where_the_policy_changes():
    [first, *_] = promote_check_github.render(report(MAIL)).splitlines()

    assert first.startswith("::warning file=policies/mail.yaml,line=12,")
