"""The result of ``validate`` as JSON."""

from __future__ import annotations

from policyctl.render.json.envelope import document
from policyctl.usecases.validate import Validation


def render(report: Validation) -> str:
    """The whole output."""
    status = "fail" if report.findings else "pass"
    return document("validate", status, findings=report.findings, result={"files": report.files})
