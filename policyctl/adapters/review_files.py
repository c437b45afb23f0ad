"""Worksheets that reviewers filled in: CSV or JSON lines."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from policyctl.adapters.durable import write_durably
from policyctl.errors import InputError
from policyctl.usecases.review import Row

_LARGEST = 64 * 1024 * 1024
_LONGEST = 4096
_NEEDED = ("request_id", "detector", "direction", "verdict", "reviewer", "reviewed_at")
_OTHER = ("guardrail", "app", "place", "ts")
_FORMULA = ("'=", "'+", "'-", "'@", "'\t", "''")


def rows_of(files: Iterable[Path]) -> Iterator[Row]:
    """The lines of worksheets, one file after the other.

    Raises:
        InputError: a file is not a worksheet; the message names file and line.
    """
    for file in files:
        text = _text(file)
        rows = _json_lines if text.lstrip().startswith("{") else _table
        yield from rows(text, file.as_posix())


def read_small(file: Path) -> bytes:
    """The bytes of a file that a person or this program wrote.

    Raises:
        InputError: it cannot be read, or is larger than 64 MiB.
    """
    try:
        with file.open("rb") as stream:
            content = stream.read(_LARGEST + 1)
    except OSError as error:
        raise InputError(f"cannot read {file.as_posix()}: {error.strerror}") from error
    if len(content) > _LARGEST:
        raise InputError(f"{file.as_posix()} is larger than 64 MiB")
    return content


def write_whole(file: Path, content: bytes) -> None:
    """Write a file, whole or not at all.

    Raises:
        InputError: it cannot be written.
    """
    try:
        write_durably(file, content)
    except OSError as error:
        raise InputError(f"cannot write {file.as_posix()}: {error.strerror}") from error


def _text(file: Path) -> str:
    try:
        text = read_small(file).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{file.as_posix()} is not UTF-8", hint="save it as 'CSV UTF-8'"
        ) from error
    if "\x00" in text or not text.strip():
        raise InputError(
            f"{file.as_posix()} is not a worksheet", hint="policyctl review sample writes one"
        )
    return text


def _table(text: str, name: str) -> Iterator[Row]:
    separator = ";" if ";" in text.partition("\n")[0] else ","  # what some countries' sheets write
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        header = [cell.strip() for cell in next(reader)]
        _check_columns(header, name)
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                raise InputError(
                    f"{name}:{reader.line_num}: {len(cells)} cells, and {len(header)} columns"
                )
            values = {key: _plain(cell) for key, cell in zip(header, cells, strict=True)}
            yield Row(name, reader.line_num, values)
    except csv.Error as error:
        raise InputError(f"{name}:{reader.line_num}: the line is not CSV: {error}") from error


def _json_lines(text: str, name: str) -> Iterator[Row]:
    for line, content in enumerate(text.splitlines(), start=1):
        if not content.strip():
            continue
        try:
            data = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise InputError(f"{name}:{line}: the line is not JSON") from error
        if not isinstance(data, dict):
            raise InputError(f"{name}:{line}: the line is not a JSON object")
        _check_columns(list(data), f"{name}:{line}")
        values = {key: value if isinstance(value, str) else "" for key, value in data.items()}
        yield Row(name, line, values)


def _check_columns(columns: list[str], name: str) -> None:
    missing = [column for column in _NEEDED if column not in columns]
    unknown = [column for column in columns if column not in (*_NEEDED, *_OTHER)]
    twice = [column for column in columns if columns.count(column) > 1]
    if missing:
        raise InputError(f"{name} has no column '{missing[0]}'", hint=", ".join(_NEEDED))
    if unknown or twice:
        said = f"a column {unknown[0][:60]!a}" if unknown else f"two columns '{twice[0]}'"
        raise InputError(f"{name} has {said}, which no worksheet has")


def _plain(cell: str) -> str:
    text = cell.strip()[:_LONGEST]
    return text[1:] if text.startswith(_FORMULA) else text
