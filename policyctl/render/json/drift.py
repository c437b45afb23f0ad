"""What runs differently than approved, as JSON."""

from __future__ import annotations

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
        "approved": report.configuration,
        "running": report.running.name,
        "incident": bool(report.incidents or report.running.unread),
        "changes": [
            {
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
            for change in report.changes
        ],
        "unread": [{"place": item.place, "what": item.what} for item in report.running.unread],
        "ignored": list(report.running.surplus),
        "settings": settings_data(report.running.settings),
    }
    return document("drift", "fail" if report.drifted else "pass", result=result)
