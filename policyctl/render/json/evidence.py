"""The gate's report as JSON: exactly what an entry is bound to, in the common envelope."""

from __future__ import annotations

from policyctl.core.canonical import decode, sha256
from policyctl.core.criterion import Outcome
from policyctl.core.evidence import EvidenceReport, evidence_bytes, findings_digest
from policyctl.render.json.envelope import document

STATUS = {Outcome.MET: "pass", Outcome.NOT_MET: "fail", Outcome.UNDECIDED: "not_judged"}


def render(report: EvidenceReport) -> str:
    """The whole output."""
    content = evidence_bytes(report)
    result = {
        "sha256": sha256(content),
        "findings_sha256": findings_digest(report),
        "report": decode(content),
    }
    return document("evidence", STATUS[report.verdict], result=result)
