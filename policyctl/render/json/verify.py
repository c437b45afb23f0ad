"""The result of ``verify`` as JSON."""

from __future__ import annotations

from datetime import datetime

from policyctl.core.entry import moment_text
from policyctl.render.json.envelope import document
from policyctl.usecases.verify import Verification


def render(report: Verification) -> str:
    """The whole output."""
    ledger = report.ledger
    witnessed = report.witnessed
    root = ledger.roots.latest
    result: dict[str, object] = {
        "commit": report.commit,
        "level": report.level,
        "compared": list(witnessed.compared),
        "notices": list(witnessed.notices),
        "checkpoints": [
            {
                "number": link.checkpoint.number,
                "size": link.checkpoint.size,
                "signers": list(link.signers),
                "compared": number <= witnessed.checkpoints.compared,
                "timestamp": _moment(witnessed.timestamps.proven.get(link.checkpoint.number)),
            }
            for number, link in enumerate(witnessed.checkpoints.links, start=1)
        ],
        "policies": ledger.policies,
        "entries": ledger.entries,
        "signatures": ledger.signatures,
        "judged": {"now": ledger.entries - ledger.before, "before": ledger.before},
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
            "taken": {"policies": len(ledger.taken), "entries": sum(ledger.taken.values())},
        }
    if report.history is not None:
        result["history"] = {"states": report.history.states}
    if report.recomputed is not None:
        result["recomputed"] = [
            {
                "policy": item.policy,
                "entry": item.entry,
                "evidence": item.path,
                "agreement": item.agreement.value,
                "differing": list(item.differing),
                "reason": item.reason,
            }
            for item in report.recomputed
        ]
    status = "pass" if report.passed else "fail" if report.refused else "not_judged"
    findings = (*report.findings, *report.gaps)
    return document("verify", status, findings=findings, result=result)


def _moment(moment: datetime | None) -> str | None:
    return moment_text(moment) if moment else None
