"""What ``codeowners`` found or wrote, as JSON."""

from __future__ import annotations

from policyctl.render.json.envelope import document
from policyctl.usecases.codeowners import CodeownersReport


def render(report: CodeownersReport) -> str:
    """The whole output."""
    current = report.wrote or not report.differences
    result = {
        "file": report.file,
        "current": current,
        "wrote": report.wrote,
        "lines": list(report.block),
        "differences": [] if report.wrote else list(report.differences),
    }
    return document("codeowners", "pass" if current else "fail", result=result)
