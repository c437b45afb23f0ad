"""Comments of a YAML document: which ``#`` starts one, and which line it speaks of."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import chain

from policyctl.core.document import Document
from policyctl.core.finding import Path, Span
from policyctl.core.places import stable_place

# A comment may follow the header of a block of lines, which belongs to the block's span.
_BLOCK_HEADER = re.compile(r"(?:[&!]\S*[ \t]+)*[|>][-+1-9]*[ \t]+")


class Lines:
    """The lines of a document that was read without a finding; each is looked at when asked."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def position(self, index: int) -> tuple[int, int]:
        """Line and column of a character of the text, both from 1."""
        row = bisect_right(self._starts, index)
        return row, index - self._starts[row - 1] + 1

    def rest(self, row: int, column: int) -> str:
        """A line's text from a column on, without its end."""
        return self._rows[row - 1][column - 1 :].rstrip()

    def is_comment(self, row: int, column: int) -> bool:
        """True if a ``#`` here, at a line's start or after a space, starts or continues a comment.

        Otherwise it is part of a key or a value.
        """
        number = bisect_right(self._scalars, Span(row, column, row + 1, 0)) - 1
        if number < 0:
            return True
        scalar = self._scalars[number]
        if (row, column) >= (scalar.end_line, scalar.end_column):
            return True
        before = self._rows[row - 1][scalar.column - 1 : column - 1]
        return row == scalar.line and bool(_BLOCK_HEADER.fullmatch(before))

    def spoken_of(self, row: int) -> int:
        """The line that a comment on ``row`` speaks of.

        That is the line it ends, or the first below where only comments stand on its line.
        """
        return self._spoken_of[row - 1]

    def place(self, row: int) -> str:
        """The first thing that starts on a line, list items by their identity; or empty."""
        return stable_place(self._document.data, self._first.get(row, ()))

    @cached_property
    def _rows(self) -> list[str]:
        return self._document.text.split("\n")

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        for row in self._rows[:-1]:
            starts.append(starts[-1] + len(row) + 1)
        return starts

    @cached_property
    def _scalars(self) -> list[Span]:
        """Where keys and single values stand, in the order of the text."""
        document = self._document
        values = (
            document.values[at] for at in _scalar_places(document.data) if at in document.values
        )
        return sorted(chain(values, document.keys.values()))

    @cached_property
    def _spoken_of(self) -> list[int]:
        found = [0] * len(self._rows)
        below = len(self._rows) + 1
        for row in range(len(self._rows), 0, -1):
            if not self._is_only_comment(row):
                below = row
            found[row - 1] = below
        return found

    def _is_only_comment(self, row: int) -> bool:
        text = self._rows[row - 1]
        column = len(text) - len(text.lstrip(" \t")) + 1
        return text[column - 1 : column] == "#" and self.is_comment(row, column)

    @cached_property
    def _first(self) -> Mapping[int, Path]:
        """By line, what starts first on it: the outermost of several, but never the document."""
        found: dict[int, Path] = {}
        order: dict[int, tuple[int, int]] = {}
        for spans in (self._document.values, self._document.keys):
            for at, span in spans.items():
                key = (span.column, len(at))
                if at and (span.line not in order or key < order[span.line]):
                    order[span.line], found[span.line] = key, at
        return found


def _scalar_places(data: object) -> Iterator[Path]:
    waiting: list[tuple[Path, object]] = [((), data)]
    while waiting:
        at, value = waiting.pop()
        if isinstance(value, dict):
            waiting += (((*at, key), inner) for key, inner in value.items())
        elif isinstance(value, list):
            waiting += (((*at, index), inner) for index, inner in enumerate(value))
        else:
            yield at
