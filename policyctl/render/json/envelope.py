"""The envelope of every JSON report: version, command, status, findings, result."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from policyctl import __version__
from policyctl.core.finding import Finding, pointer

VERSION = 1
"""Within one version the JSON only gains fields."""


def document(
    command: str,
    status: str,
    *,
    findings: Iterable[Finding] = (),
    result: Mapping[str, object] | None = None,
    error: Mapping[str, str] | None = None,
) -> str:
    """The whole output.

    Args:
        command: the command that reports.
        status: ``pass``, ``fail`` or ``not_judged``.
        findings: what was found.
        result: what the command alone has to say.
        error: message and hint where the command could not report.
    """
    data: dict[str, object] = {
        "version": VERSION,
        "tool": f"policyctl {__version__}",
        "command": command,
        "status": status,
        "findings": [finding_data(finding) for finding in findings],
    }
    if result is not None:
        data["result"] = result
    if error is not None:
        data["error"] = error
    return json.dumps(data, indent=2, ensure_ascii=True) + "\n"


def finding_data(finding: Finding) -> dict[str, object]:
    """A finding as reports hold it."""
    span = finding.span
    return {
        "code": finding.code,
        "severity": finding.severity.name.lower(),
        "message": finding.message,
        "hint": finding.hint,
        "file": finding.file,
        "line": span.line if span else None,
        "column": span.column if span else None,
        "end_line": span.end_line if span else None,
        "end_column": span.end_column if span else None,
        "at": pointer(finding.at),
        "policy": finding.policy,
        "entry": finding.entry or None,
    }
