"""Findings as workflow commands, which GitHub shows beside the lines of a pull request."""

from __future__ import annotations

from policyctl.core.finding import Finding, Severity
from policyctl.render.lines import clean
from policyctl.render.summary import counted
from policyctl.usecases.validate import Validation

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render(report: Validation) -> str:
    """One command for each finding, then one line that counts them."""
    return "".join(f"{line}\n" for line in (*map(_command, report.findings), counted(report)))


def _command(finding: Finding) -> str:
    properties: dict[str, str | int] = {"file": clean(finding.file)} if finding.file else {}
    if finding.span:
        # Where a span covers several lines, the runner itself drops the columns.
        properties |= {
            "line": finding.span.line,
            "endLine": finding.span.end_line,
            "col": finding.span.column,
            "endColumn": finding.span.end_column,
        }
    properties["title"] = finding.code
    named = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    hint = f"\n= {finding.hint}" if finding.hint else ""
    return f"::{_COMMANDS[finding.severity]} {named}::{_message(finding.message + hint)}"


def _message(text: str) -> str:
    """The text as the runner reads it: line ends survive, what could steer a terminal does not."""
    kept = "\n".join("\r".join(map(clean, row.split("\r"))) for row in text.split("\n"))
    return _data(kept)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
