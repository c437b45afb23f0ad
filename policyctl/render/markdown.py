"""Findings as Markdown: a table for each file, for a comment in a pull request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from policyctl.core.finding import Finding
from policyctl.render.markdown_text import cell, plain_text
from policyctl.render.summary import counted, several
from policyctl.usecases.validate import Validation

LIMIT = 65_536
"""The characters that a comment on GitHub may have; others allow more."""

_HEAD = "| place | severity | finding | rule |\n| --- | --- | --- | --- |\n"


def render(report: Validation, *, limit: int = LIMIT) -> str:
    """A table for each file, below a line that counts the findings.

    Args:
        report: what a check found.
        limit: the most characters that the whole may have. Findings beyond it are counted in
            the last line.
    """
    text = f"**{counted(report)}**\n"
    rows = list(_rows(report.findings))
    if len(text) + sum(map(len, rows)) <= limit:
        return text + "".join(rows)
    for number, row in enumerate(rows):
        rest = _rest(len(rows) - number)
        if len(text) + len(row) + len(rest) > limit:
            return text + rest
        text += row
    return text


def _rows(findings: Iterable[Finding]) -> Iterator[str]:
    """Each finding's row; a file's first one has the table's head above it."""
    for file, group in groupby(findings, key=lambda finding: finding.file):
        above = f"\n### {plain_text(file) if file else 'not in a file'}\n\n{_HEAD}"
        for finding in group:
            yield above + _row(finding)
            above = ""


def _row(finding: Finding) -> str:
    place = f"{finding.span.line}:{finding.span.column}" if finding.span else ""
    message = cell(finding.message)
    if finding.hint:
        message += f"<br>→ {cell(finding.hint)}"
    return f"| {place} | {finding.severity.name.lower()} | {message} | {cell(finding.code)} |\n"


def _rest(count: int) -> str:
    return f"\n**{several(count, 'more finding')}**: the comment would be too long with all.\n"
