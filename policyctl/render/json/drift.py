"""What runs differently than approved, as JSON."""

from __future__ import annotations

from policyctl.core.diff.change import PolicyChange
from policyctl.core.engines.drift import settings_data
from policyctl.render.json.envelope import document
from policyctl.usecases.drift import DriftReport


def render(report: DriftReport) -> str:
    """The whole output."""
    approved = report.approved
    result = {
        "policy": approved.policy.id,
        "entry": approved.provenance.entry or None,
        "sha256": approved.provenance.digest,
        "target": report.target.name,
        "incident": report.incident,
        "configurations": [
            {
                "approved": item.name,
                "running": item.running.name,
                "changes": [_change(change) for change in item.changes],
                "settings": settings_data(item.running.settings),
            }
            for item in report.compared
        ],
        "unread": [{"place": item.place, "what": item.what} for item in report.unread],
        "ignored": list(report.surplus),
    }
    return document("drift", "fail" if report.drifted else "pass", result=result)


def _change(change: PolicyChange) -> dict[str, object]:
    return {
        "id": change.id,
        "fingerprint": change.fingerprint,
        "kind": change.kind.value,
        "path": change.path,
        "before": change.before,
        "after": change.after,
        "effect": change.effect.value,
        "severity": "error" if change.effect.may_weaken else "warning",
        "note": change.note,
    }
