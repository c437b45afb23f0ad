"""The gate before a merge as text: the verdict, one table, and what is still open."""

from __future__ import annotations

from policyctl.core.merge_verdict import Verdict
from policyctl.render.lines import BAD, BOLD, DIM, GOOD, WARN, Line, Part, line, table
from policyctl.render.promote_check_summary import (
    HEADERS,
    Row,
    cells_of,
    loose_ends,
    notes,
    verdict_line,
)
from policyctl.usecases.promotion_check import PromotionCheck

_STYLES = {
    Verdict.READY: GOOD,
    Verdict.OWED: WARN,
    Verdict.REFUSED: BAD,
    Verdict.TAMPERED: BAD,
}


def render(report: PromotionCheck, width: int | None = None) -> list[Line]:
    """The verdict, a row for governance and each policy, what is open, and what was judged.

    Args:
        report: what was judged.
        width: the terminal's width; None where nothing has to fit.
    """
    lines = [line(Part(verdict_line(report), _STYLES[report.verdict]))]
    if report.rows:
        lines += [(), *table(HEADERS, [_row(row) for row in report.rows], width)]
    ends = loose_ends(report)
    if ends:
        lines.append(())
    for name, text, hint in ends:
        lines.append(line(Part(name, BOLD), "  ", text))
        if hint:
            lines.append(line(Part("    = ", DIM), hint))
    said = notes(report)
    if said:
        lines.append(())
    lines += [line(Part(text, DIM)) for text in said]
    return lines


def _row(row: Row) -> list[Part]:
    *parts, verdict = cells_of(row)
    return [*map(Part, parts), Part(verdict, _STYLES[row.verdict])]
