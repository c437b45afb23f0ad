"""Parts of vector pictures as text: numbers in, elements out, styled by classes alone.

A class can follow light and dark, and a page that allows no inline styles takes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from policyctl.render.lines import clean

WIDTH = 720
"""How wide a picture is; a page scales it."""

LEFT = 250
"""Where rows begin, right of their names."""

_LONGEST = 40


def picture(height: float, title: str, parts: Sequence[str]) -> str:
    """The whole picture, with the title that a screen reader says."""
    return (
        f'<svg viewBox="0 0 {WIDTH} {number(height)}" role="img" width="100%">'
        f"<title>{shown(title)}</title>{''.join(parts)}</svg>\n"
    )


def axis(x1: float, y: float, x2: float) -> str:
    """A line that values stand on."""
    return line(x1, y, x2, y, "axis")


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    """A line of a class."""
    start, end = f'x1="{number(x1)}" y1="{number(y1)}"', f'x2="{number(x2)}" y2="{number(y2)}"'
    return f'<line class="{kind}" {start} {end}/>'


def dot(x: float, y: float, said: str) -> str:
    """A point, with what it says when somebody points at it."""
    title = f"<title>{shown(said)}</title>"
    return f'<circle class="dot" cx="{number(x)}" cy="{number(y)}" r="3">{title}</circle>'


def box(x: float, y: float, width: float, height: float, kind: str, said: str) -> str:
    """A bar of a class, with what it says when somebody points at it."""
    place = f'x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}"'
    return f'<rect class="{kind}" {place}><title>{shown(said)}</title></rect>'


def text(x: float, y: float, said: str, anchor: str = "start") -> str:
    """Words at a place."""
    return f'<text x="{number(x)}" y="{number(y)}" text-anchor="{anchor}">{shown(said)}</text>'


def label(y: float, said: str) -> str:
    """A name left of its row, cut where the row begins."""
    short = said if len(said) <= _LONGEST else said[: _LONGEST - 1] + "…"
    title = f"<title>{shown(said)}</title>"
    return f'<text x="4.0" y="{number(y)}" text-anchor="start">{shown(short)}{title}</text>'


def shown(text: str) -> str:
    """Text from anywhere, harmless in a page."""
    return escape(clean(text))


def percent(value: float) -> str:
    """A share of 0 to 1 as people read it."""
    return f"{100 * value:.2f}%"


def number(value: float) -> str:
    """One decimal is enough for a screen, and keeps the bytes the same everywhere."""
    return f"{value:.1f}"
