"""Lines of styled text: plain in a pipe, drawn with Rich on a terminal."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable, Sequence

from policyctl.core.frozen import frozen

BOLD = "bold"
DIM = "dim"
GOOD = "green"
BAD = "bold red"
WARN = "yellow"
NAME = "cyan"


@frozen(kw_only=False)
class Part:
    """A stretch of text in one style."""

    text: str
    style: str = ""


Line = tuple[Part, ...]

_FILLERS = "\u115f\u1160\u3164\uffa0"
"""Letters of Hangul that are drawn as nothing."""


def line(*parts: Part | str) -> Line:
    """A line of parts; plain text has no style."""
    return tuple(Part(part) if isinstance(part, str) else part for part in parts)


def clean(text: str) -> str:
    """The text without anything that could steer a terminal or reorder what is read.

    Control, format and unassigned characters are written as their escapes, so that no text from
    a policy can move the cursor, hide a word or turn the direction of reading.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(character if _shows(character) else _escaped(character) for character in text)


def plain(lines: Iterable[Line]) -> str:
    """The lines without any style."""
    return "".join(clean("".join([part.text for part in item])).rstrip() + "\n" for item in lines)


def drawn(lines: Iterable[Line], width: int) -> str:
    """The lines with colours, wrapped to a terminal's width at words."""
    from rich.console import Console
    from rich.text import Text

    page = io.StringIO()
    console = Console(
        file=page,
        force_terminal=True,
        color_system="standard",
        no_color=False,
        width=width,
        highlight=False,
        emoji=False,
    )
    for item in lines:
        text = Text()
        for part in item:
            text.append(clean(part.text), style=part.style or None)
        indent = len(text.plain) - len(text.plain.lstrip(" "))
        if text.cell_len <= width:
            console.print(text, soft_wrap=True)
            continue
        # What does not fit goes on below, two columns further in.
        for number, row in enumerate(text[indent:].wrap(console, max(width - indent - 2, 20))):
            row.rstrip()
            console.print(Text(" " * (indent + 2 * (number > 0))) + row, soft_wrap=True)
    return page.getvalue()


def table(headers: Sequence[str], rows: Sequence[Sequence[Part]], width: int | None) -> list[Line]:
    """Rows in columns, or each row as a block of named values where columns do not fit.

    Args:
        headers: the columns' names.
        rows: one part for each column.
        width: the terminal's width; None where nothing has to fit.
    """
    widths = _widths(headers, rows)
    if width is not None and _together(widths) > width:
        return _stacked(headers, rows)
    lines = [_row([Part(header, DIM) for header in headers], widths)]
    lines += [_row(row, widths) for row in rows]
    return lines


def fits(headers: Sequence[str], rows: Sequence[Sequence[Part]], width: int | None) -> bool:
    """True if `table` draws these in columns."""
    return width is None or _together(_widths(headers, rows)) <= width


def _widths(headers: Sequence[str], rows: Sequence[Sequence[Part]]) -> list[int]:
    return [
        max([cells(headers[index]), *(cells(clean(row[index].text)) for row in rows)])
        for index in range(len(headers))
    ]


def _together(widths: Sequence[int]) -> int:
    return sum(widths) + 2 * (len(widths) - 1)


def cells(text: str) -> int:
    """How many columns of a terminal the text takes: wide characters take two, accents none."""
    if text.isascii():
        return len(text)  # most text, counted twenty times faster
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _row(parts: Sequence[Part], widths: Sequence[int]) -> Line:
    found: list[Part] = []
    for part, width in zip(parts, widths, strict=True):
        found += [part, Part(" " * (width - cells(clean(part.text)) + 2))]
    return tuple(found[:-1])


def _stacked(headers: Sequence[str], rows: Sequence[Sequence[Part]]) -> list[Line]:
    longest = max(cells(header) for header in headers)
    lines: list[Line] = []
    for row in rows:
        lines += [
            line(Part(header + " " * (longest - cells(header) + 2), DIM), part)
            for header, part in zip(headers, row, strict=True)
            if part.text
        ]
        lines.append(())
    return lines[:-1] if lines else lines


def _shows(character: str) -> bool:
    return character == " " or (character.isprintable() and character not in _FILLERS)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
