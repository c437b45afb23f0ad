"""Findings as text: the place, the line with the span underlined, and what would be right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from policyctl.core.finding import Finding, Severity, Span
from policyctl.render.lines import BAD, BOLD, DIM, NAME, WARN, Line, Part, cells, clean, line
from policyctl.render.source_rows import source_rows

_STYLES = {Severity.ERROR: BAD, Severity.WARNING: WARN, Severity.NOTE: NAME}
_WIDEST = 160
_MARGIN = 8
_MOST_PER_COLUMN = 4
"""Characters that are looked at for each column: some take none."""


def finding_lines(
    findings: Iterable[Finding], sources: Mapping[str, str], width: int | None = None
) -> list[Line]:
    """Each finding with the line it stands in.

    Args:
        findings: in the order in which they are shown.
        sources: the text of the files, by name, where it is known.
        width: the terminal's width; None where nothing has to fit.
    """
    lines: list[Line] = []
    for finding in findings:
        lines += _finding(finding, sources.get(finding.file), (width or _WIDEST) - _MARGIN)
        lines.append(())
    return lines[:-1]


def _finding(finding: Finding, source: str | None, room: int) -> list[Line]:
    place = finding.file
    if finding.span:
        place += f":{finding.span.line}:{finding.span.column}"
    style = _STYLES[finding.severity]
    lines = [
        line(
            Part(place, BOLD),
            ": " if place else "",
            Part(finding.severity.name.lower(), style),
            ": ",
            finding.message,
            Part(f" [{finding.code}]", DIM),
        )
    ]
    if finding.span and source is not None and not finding.hidden:
        lines += _excerpt(finding.span, source, style, room)
    if finding.hint:
        lines.append(line(Part("    = ", DIM), finding.hint))
    return lines


def _excerpt(span: Span, source: str, style: str, room: int) -> list[Line]:
    rows = source_rows(source)
    if span.line > len(rows):
        return []
    row = rows[span.line - 1].rstrip("\r")
    start = span.column - 1
    # Of a line of a megabyte only what can be shown is measured.
    before_it = max(0, start - _MOST_PER_COLUMN * room)
    row = row[before_it : start + _MOST_PER_COLUMN * room]
    start -= before_it
    end = span.end_column - 1 - before_it if span.end_line == span.line else len(row)
    left = _first_shown(row, start, room)
    shown = _fitting(row[left:], room)
    before = cells(clean(row[left:start]))
    marked = max(cells(clean(shown[start - left : end - left])), 1)
    return [
        line(Part(f"{span.line:>5} | ", DIM), shown),
        line(Part("      | ", DIM), " " * before, Part("^" * marked, style)),
    ]


def _first_shown(row: str, start: int, room: int) -> int:
    """Where to begin, so that the span has room and about a third of it stands before the span."""
    if cells(clean(row)) <= room:
        return 0
    left = start
    while left > 0 and cells(clean(row[left - 1 : start])) <= room // 3:
        left -= 1
    return left


def _fitting(text: str, room: int) -> str:
    """The longest beginning of the text that fits into so many columns."""
    if text.isascii() and text.isprintable():
        return text[:room]
    taken = 0
    for index, character in enumerate(text):
        taken += cells(clean(character))
        if taken > room:
            return text[:index]
    return text
