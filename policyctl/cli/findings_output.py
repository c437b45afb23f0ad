"""Printing findings: the one place that knows every format they have."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, assert_never

from policyctl.cli.formats import FindingsFormat
from policyctl.cli.output import text_of

if TYPE_CHECKING:
    from policyctl.core.finding import Finding
    from policyctl.render.sarif import Replacement
    from policyctl.usecases.validate import Validation


def emit_findings(
    command: str,
    report: Validation,
    form: FindingsFormat,
    *,
    replacements: Mapping[Finding, Replacement] | None = None,
) -> None:
    """Print what a check found, in the format that was asked for.

    Args:
        command: the command that reports, as in ``validate``.
        report: what it found.
        form: the format.
        replacements: safe cures of findings, where the command knows any.
    """
    match form:
        case FindingsFormat.TEXT:
            from policyctl.render.text.validate import render as as_text

            _write(text_of(lambda width: as_text(report, width)))
        case FindingsFormat.JSON:
            from policyctl.render.json.validate import render as as_json

            _write(as_json(report, command=command))
        case FindingsFormat.GITHUB:
            from policyctl.render.github import render as as_commands

            _write(as_commands(report))
        case FindingsFormat.SARIF:
            _write(_sarif(command, report, replacements))
        case FindingsFormat.JUNIT:
            from policyctl.render.junit import render as as_junit

            _write(as_junit(report, command=command))
        case FindingsFormat.MARKDOWN:
            from policyctl.render.markdown import render as as_markdown

            _write(as_markdown(report))
        case _:
            assert_never(form)


def _sarif(
    command: str, report: Validation, replacements: Mapping[Finding, Replacement] | None
) -> str:
    from policyctl.adapters.rule_pages import documentation_uri, rule_pages
    from policyctl.render.sarif import render

    return render(
        report,
        rule_pages(),
        command=command,
        docs=documentation_uri(),
        replacements=replacements,
    )


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
