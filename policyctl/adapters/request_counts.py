"""Requests as something else counted them: a CSV with the columns day, app and requests."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from pathlib import Path

from policyctl.adapters.review_files import read_small
from policyctl.core.canonical import sha256
from policyctl.core.facts import RequestCounter
from policyctl.errors import InputError

_COLUMNS = ["day", "app", "requests"]
_COUNT = re.compile(r"[0-9]{1,15}\Z")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")


def request_counter(file: Path) -> RequestCounter:
    """The counts that a file holds.

    Raises:
        InputError: it is not such a file; the message names the line.
    """
    content = read_small(file)
    name = file.as_posix()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{name} is not UTF-8") from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    found: dict[tuple[date, str], int] = {}
    try:
        if [cell.strip() for cell in next(reader, [])] != _COLUMNS:
            raise InputError(f"{name} does not begin with the line 'day,app,requests'")
        for cells in reader:
            if not any(cells):
                continue
            day, app, count = _row([cell.strip() for cell in cells], f"{name}:{reader.line_num}")
            if (day, app) in found:
                raise InputError(f"{name}:{reader.line_num}: {app} has two counts for {day}")
            found[day, app] = count
    except csv.Error as error:
        raise InputError(f"{name}:{reader.line_num}: the line is not CSV: {error}") from error
    if not found:
        raise InputError(f"{name} holds no counts")
    return RequestCounter(name=file.name, sha256=sha256(content), requests=found)


def _row(cells: list[str], place: str) -> tuple[date, str, int]:
    if len(cells) != len(_COLUMNS) or not _COUNT.match(cells[2]) or not cells[1]:
        raise InputError(f"{place}: the line is not a day, an application and a whole number")
    try:
        day = date.fromisoformat(cells[0]) if _DAY.match(cells[0]) else None
    except ValueError:
        day = None
    if day is None:
        raise InputError(f"{place}: {cells[0]!a} is not a day as 2026-10-05")
    return day, cells[1], int(cells[2])
