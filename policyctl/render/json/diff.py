"""A comparison as JSON."""

from __future__ import annotations

from policyctl.core.diff.change import PolicyChange
from policyctl.core.replay_document import replay_data
from policyctl.render.diff_summary import lacks
from policyctl.render.json.envelope import document
from policyctl.usecases.diff import Comparison, PolicyDiff


def render(comparison: Comparison, status: str) -> str:
    """The whole output."""
    result = result_of(comparison)
    return document("diff", status, findings=comparison.unread, result=result)


def result_of(comparison: Comparison) -> dict[str, object]:
    """What the comparison says, for reports that hold one."""
    return {
        "before": comparison.before,
        "after": comparison.after,
        "effect": comparison.effect.value,
        "may_weaken": comparison.effect.may_weaken,
        "approvals": comparison.approvals,
        "compared": comparison.compared,
        "governance": [
            {"topic": item.topic, "text": item.text, "effect": item.effect.value}
            for item in comparison.governance
        ],
        "records": [
            {"name": item.name, "sha256": item.sha256, "lines": item.lines}
            for item in comparison.records
        ],
        "policies": [_policy(item) for item in comparison.policies],
    }


def _policy(item: PolicyDiff) -> dict[str, object]:
    requirement, recorded = item.requirement, item.recorded
    return {
        "policy": item.policy,
        "file": item.file,
        "renamed_from": item.renamed_from or None,
        "stage": item.stage,
        "apps": list(item.apps),
        "effect": item.effect.value,
        "edited": item.edited,
        "action": requirement.action.value if requirement.action else None,
        "approvals": dict(requirement.approvals),
        "gate": requirement.gate.value if requirement.gate else None,
        "entry": (recorded.entry or None) if recorded else None,
        "missing": list(lacks(item)),
        "replay": replay_data(item.replay) if item.replay else None,
        "changes": [_change(change) for change in item.changes],
    }


def _change(change: PolicyChange) -> dict[str, object]:
    return {
        "id": change.id,
        "fingerprint": change.fingerprint,
        "kind": change.kind.value,
        "path": change.path,
        "before": change.before,
        "after": change.after,
        "effect": change.effect.value,
        "note": change.note,
    }
