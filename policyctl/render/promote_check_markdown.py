"""The gate before a merge as Markdown, fit for a comment in a pull request."""

from __future__ import annotations

from policyctl.core.merge_verdict import Verdict
from policyctl.render import diff_markdown
from policyctl.render.markdown import LIMIT
from policyctl.render.markdown_text import cell, plain_text
from policyctl.render.promote_check_summary import (
    HEADERS,
    Row,
    cells_of,
    loose_ends,
    notes,
    verdict_line,
)
from policyctl.render.summary import several
from policyctl.usecases.diff import Comparison
from policyctl.usecases.judged_policy import JudgedPolicy
from policyctl.usecases.promotion_check import PromotionCheck

_MARKS = {
    Verdict.READY: "✅",
    Verdict.OWED: "⏳",
    Verdict.REFUSED: "❌",
    Verdict.TAMPERED: "🚨",
}
_HEAD = f"| {' | '.join(HEADERS)} |\n|{' --- |' * len(HEADERS)}\n"
_FOLD = "\n<details><summary>What changes in policy terms: {}</summary>\n\n"
_CLOSE = "\n</details>\n"


def render(report: PromotionCheck, *, limit: int = LIMIT) -> str:
    """The verdict, the table, what is still open, and the comparison, folded.

    Args:
        report: what was judged.
        limit: the most characters that the whole may have; what does not fit is counted.
    """
    text = f"### {_MARKS[report.verdict]} {plain_text(verdict_line(report))}\n"
    if report.rows:
        rows = [_row(row) for row in report.rows]
        text += _fitting(f"\n{_HEAD}", rows, limit // 3, ("more policy", "more policies"))
    ends = [_end(*end) for end in loose_ends(report)]
    if ends:
        text += _fitting("\n", ends, limit // 3, ("more finding", "more findings"))
    said = "".join(f"\n<sub>{plain_text(note)}</sub>\n" for note in notes(report))
    if report.comparison is not None:
        text += _folded(report.comparison, limit - len(text) - len(said))
    return text + said if len(text) + len(said) <= limit else text


def _folded(comparison: Comparison, room: int) -> str:
    """What changes, with its direction in sight; nothing where there is no room for it."""
    differs = comparison.policies or comparison.governance
    fold = _FOLD.format(diff_markdown.EFFECT_MARKS[comparison.effect] if differs else "nothing")
    left = room - len(fold) - len(_CLOSE)
    return fold + diff_markdown.render(comparison, limit=left) + _CLOSE if left > 0 else ""


def _row(row: Row) -> str:
    name, change, *middle, verdict = cells_of(row)
    parts = [
        f"**{cell(name)}**",
        _direction(row) + cell(change),
        *map(cell, middle),
        f"{_MARKS[row.verdict]} {cell(verdict)}",
    ]
    return f"| {' | '.join(parts)} |\n"


def _direction(row: Row) -> str:
    """The sign of the direction in which a policy changes, where it has one."""
    if not isinstance(row, JudgedPolicy) or row.diff is None or not row.diff.changes:
        return ""
    sign, _, word = diff_markdown.EFFECT_MARKS[row.diff.effect].partition(" ")
    return f"{sign} " if word else ""


def _end(name: str, text: str, hint: str) -> str:
    said = f"- **{plain_text(name)}**: {plain_text(text)}"
    return f"{said}<br>→ {plain_text(hint)}\n" if hint else f"{said}\n"


def _fitting(head: str, rows: list[str], limit: int, more: tuple[str, str]) -> str:
    text = head
    for number, row in enumerate(rows):
        if len(text) + len(row) > limit:
            return f"{text}\n**{several(len(rows) - number, *more)}**\n"
        text += row
    return text
