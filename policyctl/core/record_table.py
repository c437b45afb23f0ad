"""Rows of a table of detection records, whose cells are text or typed, as records' fields."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress

from policyctl.core.record import FIELDS, unknown_field

_FLAGS = {"true": True, "false": False}
_FLAG_FIELDS = ("detected", "would_block", "blocked")
_DELIMITERS = (",", ";", "\t")


def check_header(names: Sequence[str]) -> None:
    """Raise `ValueError` unless these columns are fields of records, each once."""
    for name in names:
        if name not in FIELDS:
            raise ValueError(f"the column {unknown_field(name)}")
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise ValueError(f"the column '{twice}' stands twice in the table")


def delimiter_of(first_line: str) -> str | None:
    """What separates the columns, or None if the line is no header of a table of records."""
    if first_line.lstrip().startswith(("{", "[")):
        return None
    for delimiter in _DELIMITERS:
        with suppress(ValueError):
            names = next(rows_of([first_line], delimiter), [])
            if len(names) > 1 and "request_id" in names:
                return delimiter
    return None


def fields_of(names: Sequence[str], cells: Sequence[str]) -> Mapping[str, object]:
    """The fields of a row of texts; an empty cell is an absent field.

    Raises:
        ValueError: a cell is not what its column holds, or there are too many or too few.
    """
    if len(cells) != len(names):
        raise ValueError(f"the row has {len(cells)} cells, and the table {len(names)} columns")
    fields: dict[str, object] = {
        name: cell for name, cell in zip(names, cells, strict=True) if cell
    }
    for name in _FLAG_FIELDS:
        if name in fields:
            fields[name] = _flag(name, str(fields[name]))
    if "score" in fields:
        fields["score"] = _number(str(fields["score"]))
    return fields


def rows_of(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    """The rows of a table as text, strictly as RFC 4180 has them.

    Raises:
        ValueError: a row is not written like that.
    """
    try:
        yield from csv.reader(lines, delimiter=delimiter, strict=True)
    except csv.Error as error:
        raise ValueError(f"the row is not CSV: {error}") from error


def _flag(name: str, cell: str) -> bool:
    flag = _FLAGS.get(cell.lower())
    if flag is None:
        raise ValueError(f"'{name}' is neither true nor false")
    return flag


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError as error:
        raise ValueError("'score' is not a number") from error
