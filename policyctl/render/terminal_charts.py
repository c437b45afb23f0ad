"""Charts of characters, for a terminal."""

from __future__ import annotations

from policyctl.core.criterion import at_least, at_most
from policyctl.core.evidence import EvidenceReport
from policyctl.render.evidence_pictures import (
    LEVELS,
    BoundRow,
    LevelRow,
    RateSeries,
    ScoreRow,
    bound_rows,
    level_rows,
    rate_series,
    score_rows,
)
from policyctl.render.lines import BAD, BOLD, DIM, GOOD, WARN, Line, Part, cells, clean, line

_BARS = "▁▂▃▄▅▆▇█"
_LEVELS = "█▓▒░·"
_LEAST, _MOST = 16, 60


def charts(report: EvidenceReport, width: int) -> list[Line]:
    """Flag rates by day, levels and scores, and false positives against what is tolerated."""
    series, rows = rate_series(report), bound_rows(report)
    levels = [row for row in level_rows(report) if any(row.counts[:-1])]
    scores = score_rows(report)
    names = [item.name for item in series] + [item.name for item in rows]
    names += [item.name for item in levels] + [item.name for item in scores]
    label = max((cells(clean(name)) for name in names), default=0)
    room = min(_MOST, width - label - 24)
    if room < _LEAST:
        return []
    lines: list[Line] = []
    if series:
        lines += [(), line(Part("  flag rate by day", BOLD))]
        lines += [_rates(item, label, room) for item in series]
    if levels:
        shown = "  ".join(f"{mark} {name}" for mark, name in zip(_LEVELS, LEVELS, strict=False))
        lines += [(), line(Part(f"  detections by level: {shown}", BOLD))]
        lines += [_levels(item, label, room) for item in levels]
    if scores:
        lines += [(), line(Part("  detections by score, 0 to 1", BOLD))]
        lines += [_scores(item, label) for item in scores]
    if rows:
        lines += [(), line(Part("  false positives: | tolerated, ● seen, ─ possible", BOLD))]
        lines += [_bound(item, label, room) for item in rows]
    return lines


def _rates(item: RateSeries, label: int, room: int) -> Line:
    points = item.points[-room:]
    top = max((point.rate for point in points), default=0.0)
    bars = "".join(
        _BARS[round(point.rate / top * (len(_BARS) - 1))] if top else _BARS[0] for point in points
    )
    return line("  ", _padded(item.name, label), f"  {bars} ", Part(f"up to {at_most(top)}", DIM))


def _levels(item: LevelRow, label: int, room: int) -> Line:
    """A line of marks, each level as long as its share; a level that was seen has one at least."""
    detected = item.counts[:-1]
    total = sum(detected)
    ends = [round(room * sum(detected[: place + 1]) / total) for place in range(len(detected))]
    bar = "".join(
        mark * max(end - start, 1)
        for mark, start, end, count in zip(_LEVELS, [0, *ends], ends, detected, strict=False)
        if count
    )
    return line("  ", _padded(item.name, label), f"  {bar} ", Part(str(total), DIM))


def _scores(item: ScoreRow, label: int) -> Line:
    top, total = max(item.counts), sum(item.counts)
    bars = "".join(
        _BARS[-(-count * len(_BARS) // top) - 1] if count else " " for count in item.counts
    )
    return line("  ", _padded(item.name, label), f"  {bars} ", Part(str(total), DIM))


def _bound(item: BoundRow, label: int, room: int) -> Line:
    """A line from 0 to the larger of the bound and twice what is tolerated."""
    top = max(item.upper, 2 * item.limit) or 1.0
    marks = [" "] * (room + 1)
    start, end = int(item.lower / top * room), int(item.upper / top * room)
    for place in range(start, end + 1):
        marks[place] = "─"
    if item.estimate is not None:
        marks[int(min(item.estimate, top) / top * room)] = "●"
    marks[int(item.limit / top * room)] = "|"
    style = GOOD if item.upper <= item.limit else BAD if item.lower > item.limit else WARN
    said = Part(f" {at_least(item.lower)} to {at_most(item.upper)}", DIM)
    return line("  ", _padded(item.name, label), "  ", Part("".join(marks), style), said)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - cells(clean(text)))
