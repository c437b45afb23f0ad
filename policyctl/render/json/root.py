"""The trust root as JSON."""

from __future__ import annotations

from policyctl.core.canonical import decode
from policyctl.core.governance_document import governance_data
from policyctl.core.trust_root import root_bytes
from policyctl.render.json.envelope import document
from policyctl.usecases.root import Trusted


def render(report: Trusted) -> str:
    """The whole output."""
    result = {
        "root": decode(root_bytes(report.root)),
        "pin": report.pin,
        "pending": report.pending or None,
        "governance": governance_data(report.root),
    }
    status = "fail" if report.wrong else "pass"
    return document("root show", status, findings=report.wrong, result=result)
