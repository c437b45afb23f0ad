"""Where values stand in a YAML text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Protocol

from policyctl.core.finding import Path, Span
from policyctl.core.frozen import frozen

if TYPE_CHECKING:
    from yaml.events import Event


class Mark(Protocol):
    """A point of the text in characters, counted from 0: the parser's marks are such."""

    @property
    def index(self) -> int:
        """Characters before it in the text."""

    @property
    def line(self) -> int:
        """Lines before it."""

    @property
    def column(self) -> int:
        """Characters before it in its line."""


@frozen(kw_only=False)
class Place:
    """A mark of our own."""

    index: int
    line: int
    column: int


Stretch = tuple[Mark, Mark]
"""From a mark up to another, which does not belong to it."""


class Spans(Mapping[Path, Span]):
    """The spans of many places, each made when it is asked for: most never are."""

    def __init__(self, stretches: dict[Path, Stretch]) -> None:
        self._stretches = stretches

    def __getitem__(self, at: Path) -> Span:
        return span(self._stretches[at])

    def __contains__(self, at: object) -> bool:
        return at in self._stretches

    def __iter__(self) -> Iterator[Path]:
        return iter(self._stretches)

    def __len__(self) -> int:
        return len(self._stretches)


def span(stretch: Stretch) -> Span:
    """The stretch as people count: lines and columns from 1."""
    start, end = stretch
    return Span(start.line + 1, start.column + 1, end.line + 1, end.column + 1)


def stretch_of(event: Event) -> Stretch:
    """The stretch that an event covers, with its tag and anchor."""
    start, end = event.start_mark, event.end_mark
    if start is None or end is None:
        raise TypeError(f"{event} does not come from a parser")
    return start, end


def without_what_follows(text: str, stretch: Stretch) -> Stretch:
    """A block scalar's stretch up to its last line: parsers add the comments and lines below it."""
    start, end = stretch
    lines = text[start.index : end.index].split("\n")
    content = next((line for line in lines[1:] if line.strip()), "")
    indent = len(content) - len(content.lstrip(" "))
    last = 0
    for number, line in enumerate(lines[1:], start=1):
        if not line.strip():
            continue
        if len(line) - len(line.lstrip(" ")) < indent:
            break
        last = number
    length = len(lines[last].rstrip("\r"))
    index = start.index + sum(len(line) + 1 for line in lines[:last]) + length
    column = length + (start.column if last == 0 else 0)
    return start, Place(index, start.line + last, column)
