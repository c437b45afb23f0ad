"""Where the values stand in a text that `yaml_lines` has read.

Which line each of them is on is noted for all; where on the line, only for those that are asked
for, since a document has a hundred values and a handful of findings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

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


def line_places(text: str) -> tuple[Mapping[Path, Span], Mapping[Path, Span]]:
    """The places of the values, and of the keys, of a text that `yaml_lines.values` has read."""
    lines = text.split("\n")
    page = _Page(lines, _noted(lines))
    return _Spans(page.value, page.paths), _Spans(page.key, page.paths_of_keys)


class _Block:
    """A list or mapping of several lines.

    Attributes:
        line: where it starts, counted from 0.
        column: where its dashes or keys stand.
        key_line: where its own key is; that of its start if it has none.
        inside: by key or index, the line of each value, or the block that it is.
    """

    __slots__ = ("column", "inside", "is_list", "key_line", "line")

    def __init__(self, key_line: int, line: int, column: int, is_list: bool) -> None:
        self.key_line, self.line, self.column, self.is_list = key_line, line, column, is_list
        self.inside: dict[str | int, int | _Block] = {}


def _noted(lines: Sequence[str]) -> _Block:
    """The line of each value; that each line belongs where it stands is known."""
    root = block = _Block(0, 0, 0, False)
    outer: list[_Block] = []
    awaiting: str | None = None
    key_line = resume = 0
    for number, line in enumerate(lines):
        if number < resume:
            continue
        indent, is_item, key, kind, _ = said(line)
        if kind == NOTHING:
            continue
        if awaiting is not None:
            outer.append(block)
            inner = block.inside[awaiting] = _Block(key_line, number, indent, is_item)
            block = inner
        else:
            while indent < block.column or (
                indent == block.column and not is_item and block.is_list
            ):
                block = outer.pop()
        if is_item:
            index = len(block.inside)
            if key is None:
                block.inside[index] = number
            else:
                outer.append(block)
                inner = block.inside[index] = _Block(number, number, indent + 2, False)
                block = inner
        if key is not None:
            block.inside[key] = key_line = number
        awaiting = key if kind == NESTED else None
        if kind == TEXT:
            resume = text_below(lines, number + 1)[1]
    first = next(iter(root.inside.values()))
    root.line = first.key_line if isinstance(first, _Block) else first
    return root


class _Page:
    """Finds places on the lines."""

    def __init__(self, lines: Sequence[str], root: _Block) -> None:
        self._lines = lines
        self._root = root

    def value(self, at: Path) -> Span:
        """Where a value stands; raises `KeyError` if there is none."""
        found, rest = self._found(at)
        if rest:
            match = self._inside(found, rest)
            group = match.lastindex or 0
            return _on(found, _scalar(match, group, group > 2))  # noqa: PLR2004 - key and plain
        return self._span(found)

    def key(self, at: Path) -> Span:
        """Where a key stands; raises `KeyError` if there is none."""
        if not at or not isinstance(at[-1], str):
            raise KeyError(at)
        found, rest = self._found(at)
        if rest:
            return _on(found, self._inside(found, rest).span(1))
        number = found.key_line if isinstance(found, _Block) else found
        start = START.match(self._lines[number])
        assert start
        return _on(number, start.span(3))

    def paths(self) -> Iterator[Path]:
        """The paths of all values."""
        yield from self._below(self._root, ())

    def paths_of_keys(self) -> Iterator[Path]:
        """The paths of all keys."""
        return (at for at in self.paths() if at and isinstance(at[-1], str))

    def _below(self, found: int | _Block, at: Path) -> Iterator[Path]:
        yield at
        if isinstance(found, _Block):
            for step, inner in found.inside.items():
                yield from self._below(inner, (*at, step))
            return
        kind, held = said(self._lines[found])[3:]
        if kind in (LIST, MAPPING):
            yield from ((*at, step) for step in (range(len(held)) if kind == LIST else held))

    def _found(self, at: Path) -> tuple[Any, Path]:
        """The line or the block of a path, and the step that leads into brackets on that line."""
        found: int | _Block = self._root
        for depth, step in enumerate(at):
            if not isinstance(found, _Block):
                return found, at[depth:]
            found = found.inside[step]
        return found, ()

    def _span(self, found: int | _Block) -> Span:
        if isinstance(found, _Block):
            end = self._span(list(found.inside.values())[-1])
            return Span(found.line + 1, found.column + 1, end.end_line, end.end_column)
        match = self._valued(found)
        kind = match.lastindex or 0
        if kind == TEXT:
            end_line = text_below(self._lines, found + 1)[1]
            return Span(found + 1, match.start() + 1, end_line, len(self._lines[end_line - 1]) + 1)
        if kind in (LIST, MAPPING):
            return _on(found, (match.start(), match.end(kind) + 1))
        return _on(found, _scalar(match, kind, kind != SCALAR))

    def _valued(self, number: int) -> re.Match[str]:
        """A line from its value on."""
        line = self._lines[number]
        start = START.match(line)
        assert start
        value = VALUE.match(line, start.end())
        assert value
        return value

    def _inside(self, number: int, rest: Path) -> re.Match[str]:
        """One of the values in brackets; raises `KeyError` if there is none."""
        value = self._valued(number)
        kind = value.lastindex or 0
        pattern = {LIST: ITEM, MAPPING: PAIR}.get(kind)
        if pattern is not None and len(rest) == 1:
            found = pattern.finditer(self._lines[number], value.start(kind), value.end(kind))
            for index, match in enumerate(found):
                if rest[0] == (match[1] if kind == MAPPING else index):
                    return match
        raise KeyError(rest)


class _Spans(Mapping[Path, Span]):
    """Spans, each made when it is asked for."""

    def __init__(self, span: Callable[[Path], Span], paths: Callable[[], Iterator[Path]]) -> None:
        self._span, self._paths = span, paths

    def __getitem__(self, at: Path) -> Span:
        return self._span(at)

    def __iter__(self) -> Iterator[Path]:
        return self._paths()

    def __len__(self) -> int:
        return sum(1 for _ in self._paths())


def _scalar(match: re.Match[str], group: int, is_quoted: bool) -> tuple[int, int]:
    start, end = match.span(group)
    if is_quoted:
        return start - 1, end + 1
    return start, start + len(match[group].rstrip(" "))


def _on(number: int, columns: tuple[int, int]) -> Span:
    return Span(number + 1, columns[0] + 1, number + 1, columns[1] + 1)
