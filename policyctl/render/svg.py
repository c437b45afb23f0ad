"""Vector pictures as text: numbers in, one `svg` element out, styled by classes alone."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from policyctl.core.criterion import at_most
from policyctl.render.evidence_pictures import (
    LEVELS,
    BoundRow,
    LevelRow,
    RateSeries,
    ScoreRow,
    Step,
    step_name,
)
from policyctl.render.lines import clean

_WIDTH = 720
_LEFT = 250
_ROW = 22
_TOP = 26
_LONGEST = 40


def rates(series: RateSeries) -> str:
    """The flag rate of one stratum day by day, with its interval."""
    height, left, right = 120, 56, _WIDTH - 10
    points = series.points
    top = max([point.upper for point in points], default=0.0) or 1.0
    days = (points[-1].day - points[0].day).days if points else 0

    def x(index: int) -> float:
        offset = (points[index].day - points[0].day).days
        return left + (right - left) * (offset / days if days else 0.5)

    def y(value: float) -> float:
        return 12 + (height - 40) * (1 - value / top)

    parts = [_axis(left, y(0.0), right), _text(4, y(top) + 8, _percent(top)), _text(4, y(0.0), "0")]
    parts += [
        _line(x(index), y(point.lower), x(index), y(point.upper), "whisker")
        for index, point in enumerate(points)
    ]
    path = " ".join(f"{_n(x(index))},{_n(y(point.rate))}" for index, point in enumerate(points))
    parts.append(f'<polyline class="rate" points="{path}"/>')
    parts += [
        _dot(x(index), y(point.rate), f"{point.day}: {_percent(point.rate)}")
        for index, point in enumerate(points)
    ]
    if points:
        parts.append(_text(left, height - 8, str(points[0].day)))
        parts.append(_text(right, height - 8, str(points[-1].day), "end"))
    return _picture(height, f"Flag rate by day: {series.name}", parts)


def false_positives(rows: Sequence[BoundRow]) -> str:
    """The interval of each stratum's false share, and the line that it must stay below."""
    top = max([max(row.upper, 2 * row.limit) for row in rows], default=0.0) or 1.0
    height = _TOP + _ROW * len(rows) + 10
    parts = []

    def x(value: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - 60) * min(value, top) / top

    for index, row in enumerate(rows):
        y = _TOP + _ROW * index + _ROW / 2
        good = "good" if row.upper <= row.limit else "bad" if row.lower > row.limit else "open"
        parts.append(_label(y + 4, row.name))
        parts.append(_line(x(row.lower), y, x(row.upper), y, f"bound {good}"))
        if row.estimate is not None:
            parts.append(_dot(x(row.estimate), y, f"seen: {_percent(row.estimate)}"))
        parts.append(_text(x(row.upper) + 6, y + 4, at_most(row.upper)))
        parts.append(_line(x(row.limit), y - _ROW / 2, x(row.limit), y + _ROW / 2, "limit"))
    if rows:
        parts.append(_text(x(rows[0].limit), 16, f"{_percent(rows[0].limit)} tolerated", "middle"))
    return _picture(height, "False positives against what is tolerated", parts)


def levels(rows: Sequence[LevelRow]) -> str:
    """The share of each level among what was detected at any level, row by row."""
    height = _TOP + _ROW * len(rows) + 10
    parts = []
    for place, name in enumerate(LEVELS[:-1]):
        parts.append(_box(_LEFT + 70 * place, 6, 12, 12, f"level{place + 1}", name))
        parts.append(_text(_LEFT + 70 * place + 18, 16, name))
    for index, row in enumerate(rows):
        y = _TOP + _ROW * index
        parts.append(_label(y + _ROW / 2 + 4, row.name))
        detected = row.counts[:-1]
        total, x = sum(detected), float(_LEFT)
        for place, count in enumerate(detected):
            width = (_WIDTH - _LEFT - 60) * count / total if total else 0.0
            if count:
                said = f"{LEVELS[place]}: {count} of {total + row.counts[-1]}"
                parts.append(_box(x, y + 3, width, _ROW - 6, f"level{place + 1}", said))
            x += width
        parts.append(_text(_WIDTH - 54, y + _ROW / 2 + 4, str(total)))
    return _picture(height, "Detections by level", parts)


def scores(rows: Sequence[ScoreRow]) -> str:
    """Detections by score, row by row, each as high as its own highest step."""
    row_height, right = 44, _WIDTH - 60
    height = row_height * len(rows) + 22
    parts = []
    for index, row in enumerate(rows):
        bottom = row_height * (index + 1)
        parts += [_label(bottom - 12, row.name), _axis(_LEFT, bottom, right)]
        wide, top = (right - _LEFT) / len(row.counts), max(row.counts) or 1
        for place, count in enumerate(row.counts):
            if count:
                tall = (row_height - 8) * count / top
                said = f"{step_name(place, len(row.counts))}: {count}"
                x = _LEFT + wide * place
                parts.append(_box(x, bottom - tall, wide - 1, tall, "total", said))
        parts.append(_text(right + 6, bottom, str(sum(row.counts))))
    for value, anchor in ((0.0, "start"), (0.5, "middle"), (1.0, "end")):
        x = _LEFT + (right - _LEFT) * value
        parts.append(_text(x, height - 6, f"{value:g}", anchor))
    return _picture(height, "Detections by score", parts)


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
        width = (_WIDTH - _LEFT - 80) / scale
        kind = "total" if row.name in ("flagged", "newly blocked") else "less"
        parts.append(_label(y + _ROW / 2 + 4, row.name))
        said = f"{row.name}: {high - low}"
        parts.append(_box(_LEFT + low * width, y + 3, (high - low) * width, _ROW - 6, kind, said))
        parts.append(_text(_LEFT + high * width + 6, y + _ROW / 2 + 4, str(high - low)))
    return _picture(height, "From flagged to newly blocked", parts)


def _picture(height: float, title: str, parts: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_n(height)}" role="img" width="100%">'
        f"<title>{_shown(title)}</title>{''.join(parts)}</svg>\n"
    )


def _axis(x1: float, y: float, x2: float) -> str:
    return _line(x1, y, x2, y, "axis")


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return f'<line class="{kind}" x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}"/>'


def _dot(x: float, y: float, said: str) -> str:
    title = f"<title>{_shown(said)}</title>"
    return f'<circle class="dot" cx="{_n(x)}" cy="{_n(y)}" r="3">{title}</circle>'


def _box(x: float, y: float, width: float, height: float, kind: str, said: str) -> str:
    return (
        f'<rect class="{kind}" x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}">'
        f"<title>{_shown(said)}</title></rect>"
    )


def _text(x: float, y: float, said: str, anchor: str = "start") -> str:
    return f'<text x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}">{_shown(said)}</text>'


def _label(y: float, said: str) -> str:
    """A name left of its row, cut where the row begins."""
    short = said if len(said) <= _LONGEST else said[: _LONGEST - 1] + "…"
    title = f"<title>{_shown(said)}</title>"
    return f'<text x="4.0" y="{_n(y)}" text-anchor="start">{_shown(short)}{title}</text>'


def _shown(text: str) -> str:
    return escape(clean(text))


def _percent(value: float) -> str:
    return f"{100 * value:.2f}%"


def _n(value: float) -> str:
    """One decimal is enough for a screen, and keeps the bytes the same everywhere."""
    return f"{value:.1f}"
