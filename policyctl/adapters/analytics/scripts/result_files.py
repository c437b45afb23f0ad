"""Reads the tables that a script has brought back: CSV, JSON lines or Parquet, plain or packed.

Engines write a table as one file or as a folder of parts; what a file is, its first bytes say.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from policyctl.adapters.analytics.scripts.layout import LAYOUTS, Layout
from policyctl.adapters.records.duck import asking, connected, exactly
from policyctl.adapters.records.parquet import check_whole
from policyctl.adapters.records.unpacking import PARQUET, reading, unpacked
from policyctl.errors import InputError

Value = str | int | None
ResultRow = Mapping[str, Value]

_LARGEST = 256 * 1024 * 1024
_MOST_ROWS = 1_000_000
_LARGEST_NUMBER = 2**53
_ABSENT = ("", "\\N", "NULL", "null")
"""How engines write a number that is not there into a text."""


def read_results(names: Iterable[str]) -> dict[str, tuple[ResultRow, ...]]:
    """The rows of each table of `LAYOUTS`.

    Args:
        names: folders, or files that are called like the tables.

    Raises:
        InputError: a table is missing, comes twice, or is not what it should be.
    """
    files = _files(names)
    missing = [table for table in LAYOUTS if table not in files]
    if missing:
        raise InputError(
            f"the results lack the table '{missing[0]}'",
            hint=f"save it as {missing[0]}.csv, {missing[0]}.jsonl or {missing[0]}.parquet",
        )
    return {table: tuple(_rows(files[table], layout)) for table, layout in LAYOUTS.items()}


def _files(names: Iterable[str]) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for path in _listed(names):
        table = path.name.partition(".")[0].lower()
        if table not in LAYOUTS:
            continue
        if table in found:
            raise InputError(f"the table '{table}' stands in two files")
        found[table] = _parts(path)
    return found


def _listed(names: Iterable[str]) -> Iterator[Path]:
    for name in names:
        path = Path(name)
        if not path.is_dir():
            if path.name.partition(".")[0].lower() not in LAYOUTS:
                raise InputError(
                    f"{name} is called like no table of results", hint=", ".join(LAYOUTS)
                )
            yield path
            continue
        inside = sorted(path.iterdir())
        if not any(one.name.partition(".")[0].lower() in LAYOUTS for one in inside):
            raise InputError(f"{name} holds no table of results", hint=", ".join(LAYOUTS))
        yield from inside


def _parts(path: Path) -> list[Path]:
    """The files of a table; engines mark those that are none with a first ``_`` or ``.``."""
    if not path.is_dir():
        return [path]
    return sorted(one for one in path.iterdir() if not one.name.startswith(("_", ".")))


def _rows(files: Sequence[Path], layout: Layout) -> Iterator[ResultRow]:
    count = 0
    for file in files:
        for place, cells in _cells(file):
            count += 1
            if count > _MOST_ROWS:
                raise InputError(f"{file.as_posix()} has more than {_MOST_ROWS} rows")
            yield _typed(cells, layout, place)


def _cells(file: Path) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Each row by its columns' names in lower case, with its place for messages."""
    name = file.as_posix()
    with reading(name), file.open("rb") as stream:
        first = stream.read(len(PARQUET))
        if stream.seek(0, 2) > _LARGEST:
            raise InputError(f"{name} is larger than 256 MiB")
    if first == PARQUET:
        yield from _parquet(file, name)
        return
    with unpacked(file, name) as packed:
        content = packed.stream.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise InputError(f"{name} is larger than 256 MiB when it is unpacked")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{name} is not UTF-8") from error
    yield from _json_lines(text, name) if text.lstrip().startswith("{") else _csv(text, name)


def _parquet(file: Path, name: str) -> Iterator[tuple[str, Mapping[str, object]]]:
    check_whole(file, name)
    with connected(f"{name} (Parquet)") as connection, asking(name, "Parquet"):
        found = connection.execute(
            f"SELECT * FROM read_parquet(?) LIMIT {_MOST_ROWS + 1}", [exactly(file)]
        )
        names = _header([column[0] for column in found.description or ()], name)
        for number, row in enumerate(found.fetchall(), start=1):
            yield f"{name} row {number}", dict(zip(names, row, strict=True))


def _json_lines(text: str, name: str) -> Iterator[tuple[str, Mapping[str, object]]]:
    for number, line in enumerate(io.StringIO(text), start=1):
        if not line.strip():
            continue
        place = f"{name}:{number}"
        try:
            pairs = json.loads(line, object_pairs_hook=list)
        except (ValueError, RecursionError) as error:
            raise InputError(f"{place}: the line is not JSON") from error
        if not isinstance(pairs, list) or not all(isinstance(pair, tuple) for pair in pairs):
            raise InputError(f"{place}: the line is not a JSON object")
        names = _header([key for key, _ in pairs], place)
        yield place, dict(zip(names, (value for _, value in pairs), strict=True))


def _csv(text: str, name: str) -> Iterator[tuple[str, Mapping[str, object]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        names = _header(next(reader, []), name)
        for cells in reader:
            place = f"{name}:{reader.line_num}"
            if len(cells) != len(names):
                raise InputError(f"{place}: {len(cells)} cells, and {len(names)} columns")
            yield place, dict(zip(names, cells, strict=True))
    except csv.Error as error:
        raise InputError(f"{name}:{reader.line_num}: the line is not CSV: {error}") from error


def _header(given: Sequence[str], place: str) -> list[str]:
    names = [name.strip().lower() for name in given]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise InputError(f"{place} has two columns {twice[0][:60]!a}")
    return names


def _typed(cells: Mapping[str, object], layout: Layout, place: str) -> ResultRow:
    # Writers of JSON leave out what is NULL; no text of these tables is.
    missing = [name for name in layout.texts if name not in cells]
    unknown = [name for name in cells if name not in layout.columns]
    if missing or unknown:
        said = f"no column '{missing[0]}'" if missing else f"a column {unknown[0][:60]!a} too many"
        raise InputError(f"{place}: the table has {said}", hint=", ".join(layout.columns))
    texts: dict[str, Value] = {name: _text(cells[name], name, place) for name in layout.texts}
    return {**texts, **{name: _number(cells.get(name), name, place) for name in layout.numbers}}


def _text(value: object, name: str, place: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | date):
        return str(value)
    if name == "key" and isinstance(value, int):
        return str(value)
    raise InputError(f"{place}: '{name}' is no text")


def _number(value: object, name: str, place: str) -> int | None:
    if value is None or (isinstance(value, str) and value.strip() in _ABSENT):
        return None
    try:
        number = int(str(value))
    except ValueError:
        number = -1
    if not 0 <= number <= _LARGEST_NUMBER:
        raise InputError(f"{place}: '{name}' is no count")
    return number
