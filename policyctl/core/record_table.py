"""Rows of a table of detection records, whose cells are text or typed, as records' fields."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from contextlib import suppress

from policyctl.core.record import FIELDS, unknown_field
from policyctl.core.unusable import UnusableError

_FLAGS = {"true": True, "false": False}
_FLAG_FIELDS = ("detected", "would_block", "blocked")
_DELIMITERS = (",", ";", "\t")


def check_header(names: Sequence[str]) -> None:
    """Raise `UnusableError` unless these columns are fields of records, each once."""
    for name in names:
        if name not in FIELDS:
            raise UnusableError(f"the column {unknown_field(name)}")
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise UnusableError(f"the column '{twice}' stands twice in the table")


def delimiter_of(first_line: str) -> str | None:
    """What separates the columns, or None if the line is no header of a table of records."""
    if first_line.lstrip().startswith(("{", "[")):
        return None
    for delimiter in _DELIMITERS:
        with suppress(UnusableError):
            names = cells_of(first_line, delimiter)
            if len(names) > 1 and "request_id" in names:
                return delimiter
    return None


def fields_of(names: Sequence[str], cells: Sequence[str]) -> Mapping[str, object]:
    """The fields of a row of texts; an empty cell is an absent field.

    Raises:
        UnusableError: a cell is not what its column holds, or there are too many or too few.
    """
    if len(cells) != len(names):
        raise UnusableError(
            f"the row has {len(cells)} cells, and the table {len(names)} columns",
            reason="the row has more or fewer cells than the table has columns",
        )
    fields: dict[str, object] = {
        name: cell for name, cell in zip(names, cells, strict=True) if cell
    }
    for name in _FLAG_FIELDS:
        if name in fields:
            fields[name] = _flag(name, str(fields[name]))
    if "score" in fields:
        fields["score"] = _number(str(fields["score"]))
    return fields


def cells_of(line: str, delimiter: str) -> list[str]:
    """The cells of one line, strictly as RFC 4180 has them.

    Raises:
        UnusableError: the line is not written like that.
    """
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error as error:
        raise UnusableError(f"the row is not CSV: {error}", reason="the row is not CSV") from error


def _flag(name: str, cell: str) -> bool:
    flag = _FLAGS.get(cell.lower())
    if flag is None:
        raise UnusableError(f"'{name}' is neither true nor false")
    return flag


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError as error:
        raise UnusableError("'score' is not a number") from error
