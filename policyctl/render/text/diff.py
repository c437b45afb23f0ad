"""A comparison as text: side by side on a wide terminal, stacked on a narrow one."""

from __future__ import annotations

from policyctl.core.diff.change import PolicyChange
from policyctl.core.diff.effect import Effect
from policyctl.core.diff.wording import wording
from policyctl.render.diff_summary import lacks, needs, reach, verdict
from policyctl.render.lines import BAD, BOLD, DIM, GOOD, WARN, Line, Part, cells, line
from policyctl.render.replay_summary import NO_RECORDS, impact, places
from policyctl.render.text.root_proposal import change_lines as change_of_root
from policyctl.usecases.diff import Comparison, PolicyDiff

STYLES = {
    Effect.TIGHTER: GOOD,
    Effect.LOOSER: BAD,
    Effect.MIXED: BAD,
    Effect.UNKNOWN: WARN,
    Effect.NEUTRAL: DIM,
}
_WIDE = 120
_PLACES = 10
_EFFECT = len("tighter") + 2


def render(comparison: Comparison, width: int | None = None) -> list[Line]:
    """The verdict, then each policy with its changes.

    Args:
        comparison: what differs.
        width: the terminal's width; None where nothing has to fit.
    """
    style = STYLES[comparison.effect]
    lines = [
        line(Part(f"{comparison.before} -> {comparison.after}", DIM)),
        line(Part(verdict(comparison), style or BOLD)),
    ]
    for item in comparison.policies:
        lines += [(), *policy_lines(item, width)]
    if comparison.governance:
        lines += [(), line(Part("governance", BOLD)), *change_of_root(comparison.governance)]
    if comparison.policies and not comparison.records:
        lines += [(), line(Part(NO_RECORDS, DIM))]
    if comparison.unread:
        lines += [(), line(Part("not compared:", WARN))]
        for finding in comparison.unread:
            place = f":{finding.span.line}:{finding.span.column}" if finding.span else ""
            lines.append(line(f"  {finding.file}{place}: {finding.message}"))
    return lines


def policy_lines(item: PolicyDiff, width: int | None) -> list[Line]:
    """One policy: what it comes to, each change, what it needs and what is missing."""
    former = f", formerly {item.renamed_from}" if item.renamed_from else ""
    lines = [
        line(
            Part(item.policy, BOLD),
            "  ",
            Part(item.effect.value, STYLES[item.effect]),
            Part(f"  ({reach(item)}{former})", DIM),
        )
    ]
    lines += change_lines(item.changes, width)
    if not item.edited:
        lines.append(line(Part("  the file is as it was; what it builds upon changed", DIM)))
    elif not item.changes:
        lines.append(line(Part("  the file's bytes differ, and nothing that is in force", DIM)))
    if needs(item):
        lines.append(line(Part("  needs    ", DIM), needs(item)))
    lines += [line(Part("  missing  ", DIM), Part(text, WARN)) for text in lacks(item)]
    if item.replay is not None:
        lines.append(line(Part("  records  ", DIM), impact(item.replay)))
        lines += [line(f"           {text}") for text in places(item.replay, _PLACES)]
    return lines


def change_lines(changes: tuple[PolicyChange, ...], width: int | None) -> list[Line]:
    """Each change with its effect and values: side by side where that fits, else stacked."""
    beside = _side_by_side(changes)
    fits = width is None or (
        width >= _WIDE and all(sum(cells(part.text) for part in row) <= width for row in beside)
    )
    return beside if fits else _stacked(changes)


def _side_by_side(changes: tuple[PolicyChange, ...]) -> list[Line]:
    words = [wording(change) for change in changes]
    about = max((cells(item.about) for item in words), default=0) + 2
    before = max((cells(item.before) for item in words), default=0) + 2
    return [
        line(
            "  ",
            _effect(change),
            _padded(item.about, about),
            Part(_padded(item.before, before), DIM),
            Part("-> ", DIM),
            item.after,
            _note(change),
        )
        for change, item in zip(changes, words, strict=True)
    ]


def _stacked(changes: tuple[PolicyChange, ...]) -> list[Line]:
    lines: list[Line] = []
    for change in changes:
        item = wording(change)
        indent = " " * (_EFFECT + 2)
        lines.append(line("  ", _effect(change), item.about, _note(change)))
        lines.append(line(indent, Part("- ", DIM), Part(item.before, DIM)))
        lines.append(line(indent, Part("+ ", DIM), item.after))
    return lines


def _effect(change: PolicyChange) -> Part:
    return Part(_padded(change.effect.value, _EFFECT), STYLES[change.effect])


def _note(change: PolicyChange) -> Part:
    return Part(f"  ({change.note})" if change.note else "", DIM)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - cells(text))
