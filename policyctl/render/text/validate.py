"""The result of ``validate`` as text."""

from __future__ import annotations

from policyctl.core.finding import Severity
from policyctl.render.lines import BAD, GOOD, WARN, Line, Part, line
from policyctl.render.text.findings import finding_lines
from policyctl.usecases.validate import Validation


def render(report: Validation, width: int | None = None) -> list[Line]:
    """Findings, then one line that counts them."""
    files = f"{report.files} file{'s' if report.files != 1 else ''}"
    if not report.findings:
        return [line(Part("ok", GOOD), f": {files}, nothing found")]
    errors = sum(item.severity is Severity.ERROR for item in report.findings)
    others = len(report.findings) - errors
    counted = [
        Part(f"{count} {word}{'s' if count != 1 else ''}", style)
        for count, word, style in ((errors, "error", BAD), (others, "warning", WARN))
        if count
    ]
    joined = [counted[0], *(part for extra in counted[1:] for part in (Part(", "), extra))]
    lines = finding_lines(report.findings, report.sources, width)
    return [*lines, (), (*joined, Part(f" in {files}"))]
