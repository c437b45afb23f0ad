"""A replay as text: what changes for users, where, on which days, and what is not known."""

from __future__ import annotations

from collections import Counter
from datetime import date

from policyctl.core.replay import Kind, Replay
from policyctl.render.lines import BAD, BOLD, DIM, GOOD, WARN, Line, Part, line, table
from policyctl.render.replay_summary import (
    KINDS,
    budget,
    choice,
    gap,
    impact,
    kind_line,
    suggestions_head,
    title,
    without_exceptions,
)
from policyctl.usecases.replay import LIMITS, ReplayReport, Verdict

_STYLES = {Verdict.PASS: GOOD, Verdict.FAIL: BAD, Verdict.NOT_JUDGED: WARN}
_EXAMPLES = 3
"""How many records text names; the other formats name all."""


def render(report: ReplayReport, width: int | None = None) -> list[Line]:
    """The whole report."""
    replay = report.replay
    room = width - 2 if width else None
    lines = [
        line(Part(title(report), BOLD)),
        line(Part(impact(replay), _STYLES[report.verdict])),
    ]
    said = [kind for kind in Kind if replay.events(kind)]
    lines += [
        line("  ", Part(f"{KINDS[kind]:17}  ", DIM), kind_line(replay, kind)) for kind in said
    ]
    bare = without_exceptions(report)
    if bare:
        lines.append(line("  ", Part("without exceptions ", DIM), bare))
    if report.budget is not None:
        lines.append(line(Part("  budget             ", DIM), budget(report)))
    if replay.changed:
        lines += [(), *_indented(_places(replay, room)), (), *_indented(_days(replay, room))]
    if replay.not_replayable:
        lines += [(), line(Part("not replayable:", WARN))]
        lines += [line("  ", gap(item)) for item in replay.not_replayable]
    if report.gate is not None:
        lines += [(), line(Part(suggestions_head(report), BOLD))]
        lines += _indented(_choices(report, room))
    lines += [(), line(Part("a replay has limits:", DIM))]
    lines += [line(Part(f"  {text}", DIM)) for text in LIMITS]
    sources = ", ".join(
        f"{item.name} ({item.lines} lines, sha256 {item.sha256[:12]}…)" for item in report.sources
    )
    lines += [(), line(Part("  records  ", DIM), sources)]
    return lines


def _places(replay: Replay, width: int | None) -> list[Line]:
    headers = [
        *("guardrail", "app", "before -> after", "decisions", "first hits"),
        *("reviewed", "false", "examples"),
    ]
    rows = []
    for item in replay.changed:
        place = item.place
        examples = [example.request_id for example in item.examples[:_EXAMPLES]]
        more = ["…"] if len(item.examples) > _EXAMPLES else []
        cells = (
            f"{place.guardrail} ({place.direction.value})",
            place.app,
            f"{place.old.value} -> {place.new.value}",
            str(item.events),
            str(item.first_hits),
            str(item.reviewed),
            str(item.false_positives),
            " ".join([*examples, *more]),
        )
        rows.append([Part(cell) for cell in cells])
    return table(headers, rows, width)


def _days(replay: Replay, width: int | None) -> list[Line]:
    kinds = [kind for kind in Kind if replay.events(kind)]
    counts: dict[date, Counter[Kind]] = {}
    for item in replay.changed:
        for day in item.days:
            counts.setdefault(day.day, Counter())[item.place.kind] += day.events
    rows = [
        [Part(str(day)), *(Part(str(count[kind])) for kind in kinds)]
        for day, count in sorted(counts.items())
    ]
    return table(["day", *(KINDS[kind] for kind in kinds)], rows, width)


def _choices(report: ReplayReport, width: int | None) -> list[Line]:
    headers = [
        *("guardrail", "app", "sensitivity", "detections", "reviewed", "false", "at most", ""),
    ]
    rows = []
    for item in report.choices:
        for number, one in enumerate(item.choices):
            first = number == 0
            marks = "".join(
                mark
                for mark, holds in (
                    (" now", one.sensitivity is item.present),
                    (" suggested", one.sensitivity is item.suggested),
                )
                if holds
            )
            style = GOOD if one.sensitivity is item.suggested else ""
            cells = (
                f"{item.guardrail} ({item.direction.value})" if first else "",
                item.app if first else "",
                f"{one.sensitivity.name}{marks}",
                *choice(one),
            )
            rows.append([Part(cell, style) for cell in cells])
    return table(headers, rows, width)


def _indented(lines: list[Line]) -> list[Line]:
    return [line("  ", *row) for row in lines]
