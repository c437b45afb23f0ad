"""The result of ``verify`` as JSON."""

from __future__ import annotations

from policyctl.render.json.envelope import document
from policyctl.usecases.verify import Verification


def render(report: Verification) -> str:
    """The whole output."""
    ledger = report.ledger
    root = ledger.roots.latest
    result: dict[str, object] = {
        "commit": report.commit,
        "level": report.level,
        "policies": len(ledger.chains),
        "entries": ledger.entries,
        "signatures": ledger.signatures,
        "redacted": ledger.redacted,
        "root": {
            "version": root.version if root else None,
            "pin": ledger.roots.pin or None,
            "solo": bool(root and root.solo),
            "stewards": list(root.stewards) if root else [],
            "threshold": root.threshold if root else None,
            "signers": {str(version): list(who) for version, who in ledger.roots.signers.items()},
        },
    }
    if report.base is not None:
        result["base"] = {
            "name": report.base.name,
            "commit": report.base.commit,
            "forks": list(report.base.forks),
            "owed": len(report.owed),
        }
    if report.history is not None:
        result["history"] = {"states": report.history.states}
    status = "pass" if report.passed else "fail"
    return document("verify", status, findings=report.findings, result=result)
