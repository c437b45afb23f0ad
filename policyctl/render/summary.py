"""The one line that counts what a check found, for formats that have room for it."""

from __future__ import annotations

from policyctl.core.finding import Severity
from policyctl.usecases.validate import Validation


def counted(report: Validation) -> str:
    """Such as ``2 errors, 1 note in 3 files; 1 suppressed``."""
    return "; ".join(filter(None, (_found(report), unreported(report))))


def several(count: int, word: str, plural: str = "") -> str:
    """A number with its noun."""
    return f"{count} {word if count == 1 else plural or f'{word}s'}"


def _found(report: Validation) -> str:
    files = several(report.files, "file")
    if not report.findings:
        return f"{files}, nothing found"
    counts = (
        (sum(item.severity is severity for item in report.findings), severity.name.lower())
        for severity in sorted(Severity, reverse=True)
    )
    found = ", ".join(several(count, word) for count, word in counts if count)
    return f"{found} in {files}"


def unreported(report: Validation) -> str:
    """What was found besides, such as ``2 fixed, 1 suppressed``; empty if there is nothing."""
    if report.unreported is None:
        return ""
    counts = (
        (len(report.unreported.fixed), "fixed"),
        (report.unreported.suppressed, "suppressed"),
        (report.unreported.known, "known"),
    )
    return ", ".join(f"{count} {word}" for count, word in counts if count)
