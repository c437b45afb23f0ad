"""The pictures of a gate's report: numbers in, one `svg` element out."""

from __future__ import annotations

from collections.abc import Sequence

from policyctl.core.criterion import at_most
from policyctl.render.drawing import (
    LEFT,
    WIDTH,
    axis,
    box,
    dot,
    label,
    line,
    number,
    percent,
    picture,
    text,
)
from policyctl.render.evidence_pictures import (
    LEVELS,
    BoundRow,
    LevelRow,
    RateSeries,
    ScoreRow,
    Step,
    step_name,
)

_ROW = 22
_TOP = 26


def rates(series: RateSeries) -> str:
    """The flag rate of one stratum day by day, with its interval."""
    height, left, right = 120, 56, WIDTH - 10
    points = series.points
    top = max([point.upper for point in points], default=0.0) or 1.0
    days = (points[-1].day - points[0].day).days if points else 0

    def x(index: int) -> float:
        offset = (points[index].day - points[0].day).days
        return left + (right - left) * (offset / days if days else 0.5)

    def y(value: float) -> float:
        return 12 + (height - 40) * (1 - value / top)

    parts = [axis(left, y(0.0), right), text(4, y(top) + 8, percent(top)), text(4, y(0.0), "0")]
    parts += [
        line(x(index), y(point.lower), x(index), y(point.upper), "whisker")
        for index, point in enumerate(points)
    ]
    path = " ".join(
        f"{number(x(index))},{number(y(point.rate))}" for index, point in enumerate(points)
    )
    parts.append(f'<polyline class="rate" points="{path}"/>')
    parts += [
        dot(x(index), y(point.rate), f"{point.day}: {percent(point.rate)}")
        for index, point in enumerate(points)
    ]
    if points:
        parts.append(text(left, height - 8, str(points[0].day)))
        parts.append(text(right, height - 8, str(points[-1].day), "end"))
    return picture(height, f"Flag rate by day: {series.name}", parts)


def false_positives(rows: Sequence[BoundRow]) -> str:
    """The interval of each stratum's false share, and the line that it must stay below."""
    top = max([max(row.upper, 2 * row.limit) for row in rows], default=0.0) or 1.0
    height = _TOP + _ROW * len(rows) + 10
    parts = []

    def x(value: float) -> float:
        return LEFT + (WIDTH - LEFT - 60) * min(value, top) / top

    for index, row in enumerate(rows):
        y = _TOP + _ROW * index + _ROW / 2
        good = "good" if row.upper <= row.limit else "bad" if row.lower > row.limit else "open"
        parts.append(label(y + 4, row.name))
        parts.append(line(x(row.lower), y, x(row.upper), y, f"bound {good}"))
        if row.estimate is not None:
            parts.append(dot(x(row.estimate), y, f"seen: {percent(row.estimate)}"))
        parts.append(text(x(row.upper) + 6, y + 4, at_most(row.upper)))
        parts.append(line(x(row.limit), y - _ROW / 2, x(row.limit), y + _ROW / 2, "limit"))
    if rows:
        parts.append(text(x(rows[0].limit), 16, f"{percent(rows[0].limit)} tolerated", "middle"))
    return picture(height, "False positives against what is tolerated", parts)


def levels(rows: Sequence[LevelRow]) -> str:
    """The share of each level among what was detected at any level, row by row."""
    height = _TOP + _ROW * len(rows) + 10
    parts = []
    for place, name in enumerate(LEVELS[:-1]):
        parts.append(box(LEFT + 70 * place, 6, 12, 12, f"level{place + 1}", name))
        parts.append(text(LEFT + 70 * place + 18, 16, name))
    for index, row in enumerate(rows):
        y = _TOP + _ROW * index
        parts.append(label(y + _ROW / 2 + 4, row.name))
        detected = row.counts[:-1]
        total, x = sum(detected), float(LEFT)
        for place, count in enumerate(detected):
            width = (WIDTH - LEFT - 60) * count / total if total else 0.0
            if count:
                said = f"{LEVELS[place]}: {count} of {total + row.counts[-1]}"
                parts.append(box(x, y + 3, width, _ROW - 6, f"level{place + 1}", said))
            x += width
        parts.append(text(WIDTH - 54, y + _ROW / 2 + 4, str(total)))
    return picture(height, "Detections by level", parts)


def scores(rows: Sequence[ScoreRow]) -> str:
    """Detections by score, row by row, each as high as its own highest step."""
    row_height, right = 44, WIDTH - 60
    height = row_height * len(rows) + 22
    parts = []
    for index, row in enumerate(rows):
        bottom = row_height * (index + 1)
        parts += [label(bottom - 12, row.name), axis(LEFT, bottom, right)]
        wide, top = (right - LEFT) / len(row.counts), max(row.counts) or 1
        for place, count in enumerate(row.counts):
            if count:
                tall = (row_height - 8) * count / top
                said = f"{step_name(place, len(row.counts))}: {count}"
                x = LEFT + wide * place
                parts.append(box(x, bottom - tall, wide - 1, tall, "total", said))
        parts.append(text(right + 6, bottom, str(sum(row.counts))))
    for value, anchor in ((0.0, "start"), (0.5, "middle"), (1.0, "end")):
        x = LEFT + (right - LEFT) * value
        parts.append(text(x, height - 6, f"{value:g}", anchor))
    return picture(height, "Detections by score", parts)


def steps(rows: Sequence[Step]) -> str:
    """From all evaluations to what is newly blocked, in steps."""
    shown = [row for row in rows if row.name not in ("evaluated", "not flagged")]
    flagged = shown[0].before if shown else 0
    height = _TOP + _ROW * (len(shown) + 1) + 4
    bars = [Step(name="flagged", before=0, after=flagged), *shown]
    scale = max(flagged, 1)
    parts = []
    for index, row in enumerate(bars):
        y = _TOP + _ROW * index - 16
        low, high = sorted((row.before, row.after))
        width = (WIDTH - LEFT - 80) / scale
        kind = "total" if row.name in ("flagged", "newly blocked") else "less"
        parts.append(label(y + _ROW / 2 + 4, row.name))
        said = f"{row.name}: {high - low}"
        parts.append(box(LEFT + low * width, y + 3, (high - low) * width, _ROW - 6, kind, said))
        parts.append(text(LEFT + high * width + 6, y + _ROW / 2 + 4, str(high - low)))
    return picture(height, "From flagged to newly blocked", parts)
