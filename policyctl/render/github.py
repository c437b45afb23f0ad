"""Findings as workflow commands, which GitHub shows beside the lines of a pull request."""

from __future__ import annotations

from collections.abc import Mapping

from policyctl.core.finding import Finding, Severity
from policyctl.render.lines import clean
from policyctl.render.summary import counted
from policyctl.usecases.validate import Validation

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render(report: Validation) -> str:
    """One command for each finding, then one line that counts them."""
    return "".join(
        f"{line}\n" for line in (*map(finding_command, report.findings), counted(report))
    )


def command(
    kind: str, message: str, *, file: str = "", title: str, places: Mapping[str, int] | None = None
) -> str:
    """One workflow command.

    Args:
        kind: ``error``, ``warning`` or ``notice``.
        message: the text, of one or several lines.
        file: the file beside which it is shown, or empty.
        title: what stands above it.
        places: where in the file, by the runner's own names.
    """
    properties: dict[str, str | int] = {"file": clean(file)} if file else {}
    properties |= places or {}
    properties["title"] = title
    named = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{kind} {named}::{_message(message)}"


def finding_command(finding: Finding) -> str:
    """The workflow command for a finding, at its place."""
    places: dict[str, int] = {}
    if finding.span:
        # Where a span covers several lines, the runner itself drops the columns.
        places = {
            "line": finding.span.line,
            "endLine": finding.span.end_line,
            "col": finding.span.column,
            "endColumn": finding.span.end_column,
        }
    hint = f"\n= {finding.hint}" if finding.hint else ""
    return command(
        _COMMANDS[finding.severity],
        finding.message + hint,
        file=finding.file,
        title=finding.code,
        places=places,
    )


def _message(text: str) -> str:
    """The text as the runner reads it: line ends survive, what could steer a terminal does not."""
    kept = "\n".join("\r".join(map(clean, row.split("\r"))) for row in text.split("\n"))
    return _data(kept)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
