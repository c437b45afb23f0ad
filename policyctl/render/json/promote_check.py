"""The gate before a merge as JSON."""

from __future__ import annotations

from policyctl.core.merge_verdict import Check, Verdict
from policyctl.render.json.diff import result_of
from policyctl.render.json.envelope import document
from policyctl.render.promote_check_summary import (
    change_of,
    evidence_of,
    gates_of,
    notes,
    verdict_line,
)
from policyctl.rules.mixed_change_stream import RULE
from policyctl.usecases.judged_policy import JudgedPolicy
from policyctl.usecases.judged_root import JudgedRoot
from policyctl.usecases.policy_approvals import Turn
from policyctl.usecases.promotion_check import PromotionCheck

COMMAND = "promote --check"
MIXED = RULE.id


def render(report: PromotionCheck) -> str:
    """The whole output."""
    changes = report.changes
    result: dict[str, object] = {
        "verdict": _word(report.verdict),
        "text": verdict_line(report),
        "base": {"name": changes.base, "commit": changes.tip, "forks": list(changes.forks)},
        "head": changes.head,
        "policies": [_policy(row) for row in report.policies],
        "governance": _governance(report.governance) if report.governance else None,
        "mixed": any(item.code == MIXED for item in report.besides),
        "whole": report.whole,
        "notes": list(notes(report)),
        "diff": result_of(report.comparison) if report.comparison else None,
    }
    status = "pass" if report.verdict is Verdict.READY else "fail"
    return document(COMMAND, status, findings=report.findings, result=result)


def _policy(row: JudgedPolicy) -> dict[str, object]:
    diff = row.diff
    return {
        "policy": row.policy,
        "file": row.file,
        "verdict": _word(row.verdict),
        "change": change_of(row),
        "effect": diff.effect.value if diff else None,
        "stage": diff.stage if diff else None,
        "entries": [
            {
                "seq": item.entry.seq,
                "action": item.entry.action.value,
                "from": item.entry.source.value if item.entry.source else None,
                "to": item.entry.target.value if item.entry.target else None,
                "authors": sorted(item.authors),
            }
            for item in row.entries
        ],
        "required": {"approvals": dict(row.required), "gates": list(gates_of(row))},
        "there": {
            "approvals": {role: list(people) for role, people in row.given.items()},
            "evidence": list(evidence_of(row)),
        },
        "turns": [_turn(turn) for turn in row.turns],
        "checks": [_check(check) for check in row.checks],
    }


def _governance(row: JudgedRoot) -> dict[str, object]:
    return {
        "verdict": _word(row.verdict),
        "before": row.before,
        "after": row.after,
        "signers": {str(version): list(who) for version, who in sorted(row.signers.items())},
        "changes": [
            {"topic": item.topic, "text": item.text, "effect": item.effect.value}
            for item in row.changes
        ],
        "turns": [_turn(turn) for turn in row.turns],
        "checks": [_check(check) for check in row.checks],
    }


def _turn(turn: Turn) -> dict[str, object]:
    return {"role": turn.role, "count": turn.count, "people": list(turn.people)}


def _check(check: Check) -> dict[str, object]:
    return {
        "topic": check.topic.value,
        "verdict": _word(check.verdict),
        "text": check.text,
        "hint": check.hint,
    }


def _word(verdict: Verdict) -> str:
    return verdict.name.lower()
