"""Files that an import reads: an engine's log, or records in any format."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from policyctl.adapters.records.jsonl import LONGEST_ANSWER, JsonLinesFile
from policyctl.adapters.records.opening import file_of_records, places_of
from policyctl.adapters.records.row_file import RowFile
from policyctl.errors import InputError


def open_logs(names: Iterable[str], *, of_records: bool) -> tuple[RowFile, ...]:
    """The files that were named: patterns and standard input as `open_records` takes them.

    Args:
        names: what the user wrote.
        of_records: whether the files hold records already, in any format, or an engine's answers.

    Raises:
        InputError: something is not there, or is a folder.
    """
    return tuple(_opened(path, name, of_records) for path, name in places_of(names))


def _opened(path: Path, name: str, of_records: bool) -> RowFile:
    if path.is_dir():
        raise InputError(f"{name} is a folder", hint=f"name its files, as in '{name}/*.jsonl.gz'")
    if of_records:
        return file_of_records(path, name)
    return JsonLinesFile(path, name, longest=LONGEST_ANSWER)
