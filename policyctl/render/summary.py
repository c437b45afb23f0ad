"""The one line that counts what a check found, for formats that have room for it."""

from __future__ import annotations

from policyctl.core.finding import Severity
from policyctl.usecases.validate import Validation


def counted(report: Validation) -> str:
    """Such as ``2 errors, 1 note in 3 files``."""
    files = several(report.files, "file")
    if not report.findings:
        return f"{files}, nothing found"
    counts = (
        (sum(item.severity is severity for item in report.findings), severity.name.lower())
        for severity in sorted(Severity, reverse=True)
    )
    found = ", ".join(several(count, word) for count, word in counts if count)
    return f"{found} in {files}"


def several(count: int, word: str) -> str:
    """A number with its noun."""
    return f"{count} {word}{'s' if count != 1 else ''}"
