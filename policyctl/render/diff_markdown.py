"""A comparison as Markdown, fit for a comment in a pull request."""

from __future__ import annotations

from policyctl.core.diff.change import PolicyChange
from policyctl.core.diff.effect import Effect
from policyctl.core.diff.wording import wording
from policyctl.core.finding import Finding
from policyctl.render.diff_summary import lacks, needs, reach, verdict
from policyctl.render.markdown import LIMIT
from policyctl.render.markdown_text import cell, plain_text
from policyctl.render.replay_summary import NO_RECORDS, impact, places
from policyctl.render.summary import several
from policyctl.usecases.diff import Comparison, PolicyDiff

_HEAD = "| effect | what | before | after |\n| --- | --- | --- | --- |\n"
_TOP = "| policy | effect | concerns | needs | missing |\n| --- | --- | --- | --- | --- |\n"
_MOST_IN_SIGHT = 10
EFFECT_MARKS = {
    Effect.TIGHTER: "🔒 tighter",
    Effect.LOOSER: "⚠️ looser",
    Effect.MIXED: "⚠️ mixed",
    Effect.UNKNOWN: "❓ unknown",
    Effect.NEUTRAL: "neutral",
}


def render(comparison: Comparison, *, limit: int = LIMIT) -> str:
    """The verdict, a table of the policies, and the changes of each one, folded.

    Args:
        comparison: what differs.
        limit: the most characters that the whole may have; what does not fit is counted.
    """
    text = f"**{plain_text(verdict(comparison))}**\n"
    text += f"\n{plain_text(comparison.before)} → {plain_text(comparison.after)}\n"
    blocks = [*map(_unread, comparison.unread)]
    if comparison.governance:
        said = "".join(
            f"- {EFFECT_MARKS[item.effect]} {plain_text(item.text)}\n"
            for item in comparison.governance
        )
        blocks.insert(0, f"\n**governance**\n\n{said}")
    if comparison.policies:
        rows = [_row(item) for item in comparison.policies]
        blocks = [_fitting(f"\n{_TOP}", rows, limit // 3), *_weakened(comparison), *blocks]
    if comparison.policies:
        blocks.append(_impact(comparison))
    blocks += [_details(item) for item in comparison.policies]
    for number, block in enumerate(blocks):
        rest = _rest(len(blocks) - number)
        if len(text) + len(block) + len(rest) > limit:
            return text + rest
        text += block
    return text


def _fitting(head: str, rows: list[str], limit: int) -> str:
    text = head
    for number, row in enumerate(rows):
        if len(text) + len(row) > limit:
            return f"{text}\n{several(len(rows) - number, 'more policy', 'more policies')}\n"
        text += row
    return text


def _row(item: PolicyDiff) -> str:
    missing = "<br>".join(map(cell, lacks(item)))
    return (
        f"| **{cell(item.policy)}** | {EFFECT_MARKS[item.effect]} | {cell(reach(item))} "
        f"| {cell(needs(item))} | {missing} |\n"
    )


def _weakened(comparison: Comparison) -> list[str]:
    """What may let more through, in sight: nobody should have to unfold it."""
    found = [
        f"- {EFFECT_MARKS[change.effect]} **{plain_text(item.policy)}** {plain_text(words.about)}: "
        f"{plain_text(words.before)} → {plain_text(words.after)}\n"
        for item in comparison.policies
        for change in item.changes
        if change.effect.may_weaken
        for words in (wording(change),)
    ]
    if len(found) > _MOST_IN_SIGHT:
        rest = len(found) - _MOST_IN_SIGHT
        found[_MOST_IN_SIGHT:] = [f"- and {several(rest, 'more change')} that may weaken, below\n"]
    return ["\n" + "".join(found)] if found else []


def _impact(comparison: Comparison) -> str:
    """What recorded traffic says, in sight."""
    if not comparison.records:
        return f"\n{plain_text(NO_RECORDS)}\n"
    rows = [
        f"- **{plain_text(item.policy)}** {plain_text(impact(item.replay))}\n"
        for item in comparison.policies
        if item.replay is not None
    ]
    return "\n**recorded traffic**\n\n" + "".join(rows)


def _details(item: PolicyDiff) -> str:
    former = f", formerly {plain_text(item.renamed_from)}" if item.renamed_from else ""
    count = several(len(item.changes), "change")
    rows = "".join(map(_change, item.changes))
    return (
        f"\n<details><summary>{plain_text(item.policy)}: {count}{former}</summary>\n\n"
        f"{_HEAD}{rows}{_places(item)}\n</details>\n"
    )


def _places(item: PolicyDiff) -> str:
    if item.replay is None:
        return ""
    told = places(item.replay, _MOST_IN_SIGHT)
    return "\n" + "".join(f"- {plain_text(text)}\n" for text in told) if told else ""


def _change(change: PolicyChange) -> str:
    words = wording(change)
    note = f"<br>{cell(change.note)}" if change.note else ""
    return (
        f"| {EFFECT_MARKS[change.effect]} | {cell(words.about)}{note} "
        f"| {cell(words.before)} | {cell(words.after)} |\n"
    )


def _unread(finding: Finding) -> str:
    place = f":{finding.span.line}" if finding.span else ""
    return f"\n- not compared: {plain_text(f'{finding.file}{place}: {finding.message}')}\n"


def _rest(count: int) -> str:
    return f"\n**{several(count, 'more part')}**: the comment would be too long with all.\n"
