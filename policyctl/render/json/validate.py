"""The findings of a check as JSON."""

from __future__ import annotations

from policyctl.render.json.envelope import document
from policyctl.usecases.validate import Validation


def render(report: Validation, *, command: str = "validate") -> str:
    """The whole output."""
    status = "fail" if report.findings else "pass"
    return document(command, status, findings=report.findings, result={"files": report.files})
