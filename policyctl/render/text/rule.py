"""Rules as text: all in a table, or the page of one."""

from __future__ import annotations

from collections.abc import Iterable

from policyctl.render.lines import BAD, BOLD, DIM, NAME, WARN, Line, Part, line, table
from policyctl.usecases.rule import Explanation, RuleRow

_STYLES = {"error": BAD, "warning": WARN, "note": NAME}


def render_rows(rows: Iterable[RuleRow], width: int | None = None) -> list[Line]:
    """All rules, one in a line."""
    cells = [
        (
            Part(row.id, BOLD),
            Part(row.severity, _STYLES[row.severity]),
            Part(", ".join(row.commands) + (" --fix" if row.is_fixable else "")),
            Part(row.summary),
        )
        for row in rows
    ]
    headers = ("rule", "severity", "runs in", "finds that")
    return [
        *table(headers, cells, width),
        (),
        line(Part("policyctl rule CODE", DIM), " explains one"),
    ]


def render_page(explanation: Explanation) -> list[Line]:
    """The page as it is written."""
    return [
        line(Part(row, BOLD) if row.startswith("#") else row)
        for row in explanation.page.rstrip("\n").split("\n")
    ]
