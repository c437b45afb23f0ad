"""Where the values stand in a text that `yaml_lines` has read.

Which line each of them is on is noted for all; where on the line, only for those that are asked
for, since a document has a hundred values and a handful of findings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from policyctl.adapters.yaml_lines import (
    ITEM,
    LIST,
    MAPPING,
    NESTED,
    NOTHING,
    PAIR,
    SCALAR,
    START,
    TEXT,
    VALUE,
    said,
    text_below,
)
from policyctl.core.finding import Path, Span

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    from typing import Any

_On = tuple[int, int | str | None]
"""A line, counted from 0, and which of the values in its brackets; None for what is in none."""

_Within = tuple[int, int, Path]
"""The line and column where a list or mapping of several lines starts, and its last value."""


def line_places(text: str) -> tuple[Mapping[Path, Span], Mapping[Path, Span]]:
    """The places of the values, and of the keys, of a text that `yaml_lines.values` has read."""
    lines = text.split("\n")
    walk = _Walk(lines)
    return _Values(lines, walk.values), _Keys(lines, walk.keys)


class _Walk:
    """One walk through the lines; that each belongs where it stands is known.

    Attributes:
        values: where each value is.
        keys: where each key is.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        self.values: dict[Path, _On | _Within] = {}
        self.keys: dict[Path, _On] = {}
        self._open: list[_Open] = []
        self._last: Path = ()
        awaiting: Path | None = ()
        resume = 0
        for number, line in enumerate(lines):
            if number < resume:
                continue
            indent, is_item, key, kind, value = said(line)
            if kind == NOTHING:
                continue
            if awaiting is not None:
                self._enter(awaiting, number, indent, is_item)
            at = self._place(number, indent, is_item, key)
            awaiting = at if kind == NESTED else None
            if awaiting is None:
                self._note(at, number, kind, value)
            if kind == TEXT:
                resume = text_below(lines, number + 1)[1]
        while self._open:
            self._leave()

    def _place(self, number: int, indent: int, is_item: bool, key: str | None) -> Path:
        """Go to the list or mapping that a line is part of; the path of what the line says."""
        while indent < self._open[-1].column or (
            indent == self._open[-1].column and not is_item and self._open[-1].is_list
        ):
            self._leave()
        holder = self._open[-1]
        at = holder.at
        if is_item:
            at = (*at, holder.items)
            holder.items += 1
            if key is not None:
                self._enter(at, number, indent + 2, False)
        if key is not None:
            at = (*at, key)
            self.keys[at] = number, None
        return at

    def _note(self, at: Path, number: int, kind: int, value: Any) -> None:
        """Note a value that a line says, and what is in its brackets."""
        self._last = at
        self.values[at] = number, None
        if kind == LIST:
            for index in range(len(value)):
                self.values[(*at, index)] = number, index
        elif kind == MAPPING:
            for key in value:
                self.keys[(*at, key)] = self.values[(*at, key)] = number, key

    def _enter(self, at: Path, number: int, column: int, is_list: bool) -> None:
        self._open.append(_Open(at, number, column, is_list))
        self.values[at] = number, column, at  # before what is in it

    def _leave(self) -> None:
        left = self._open.pop()
        self.values[left.at] = left.line, left.column, self._last


class _Open:
    """A list or mapping that is being read."""

    __slots__ = ("at", "column", "is_list", "items", "line")

    def __init__(self, at: Path, line: int, column: int, is_list: bool) -> None:
        self.at, self.line, self.column, self.is_list = at, line, column, is_list
        self.items = 0


class _Spans(Mapping[Path, Span]):
    """Spans, each made when it is asked for."""

    def __init__(self, lines: Sequence[str], noted: Mapping[Path, Any]) -> None:
        self._lines = lines
        self._noted = noted

    def __contains__(self, at: object) -> bool:
        return at in self._noted

    def __iter__(self) -> Iterator[Path]:
        return iter(self._noted)

    def __len__(self) -> int:
        return len(self._noted)

    def __getitem__(self, at: Path) -> Span:
        raise NotImplementedError

    def _valued(self, number: int) -> tuple[re.Match[str], re.Match[str]]:
        """A line up to its value, and from there on."""
        line = self._lines[number]
        start = START.match(line)
        value = VALUE.match(line, start.end()) if start else None
        assert start
        assert value
        return start, value

    def _inside(self, number: int, step: int | str) -> re.Match[str]:
        """One of the values in brackets."""
        value = self._valued(number)[1]
        kind = value.lastindex or 0
        pattern = PAIR if kind == MAPPING else ITEM
        found = pattern.finditer(self._lines[number], value.start(kind), value.end(kind))
        if isinstance(step, str):
            return next(match for match in found if match[1] == step)
        return list(found)[step]


class _Keys(_Spans):
    def __getitem__(self, at: Path) -> Span:
        number, step = self._noted[at]
        if step is not None:
            return _on(number, self._inside(number, step).span(1))
        start = START.match(self._lines[number])
        assert start
        return _on(number, start.span(3))


class _Values(_Spans):
    def __getitem__(self, at: Path) -> Span:
        noted = self._noted[at]
        if len(noted) > 2:  # noqa: PLR2004 - a list or mapping of several lines
            line, column, last = noted
            end = self[last]
            return Span(line + 1, column + 1, end.end_line, end.end_column)
        number, step = noted
        if step is not None:
            match = self._inside(number, step)
            group = match.lastindex or 0
            return _on(number, _scalar(match, group, group > 2))  # noqa: PLR2004 - key and plain
        match = self._valued(number)[1]
        kind = match.lastindex or 0
        if kind == TEXT:
            end_line = text_below(self._lines, number + 1)[1]
            return Span(number + 1, match.start() + 1, end_line, len(self._lines[end_line - 1]) + 1)
        if kind in (LIST, MAPPING):
            return _on(number, (match.start(), match.end(kind) + 1))
        return _on(number, _scalar(match, kind, kind != SCALAR))


def _scalar(match: re.Match[str], group: int, is_quoted: bool) -> tuple[int, int]:
    start, end = match.span(group)
    if is_quoted:
        return start - 1, end + 1
    return start, start + len(match[group].rstrip(" "))


def _on(number: int, columns: tuple[int, int]) -> Span:
    return Span(number + 1, columns[0] + 1, number + 1, columns[1] + 1)
