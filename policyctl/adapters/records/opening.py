"""Opens what ``--events`` names: files, patterns, standard input, prepared folders."""

from __future__ import annotations

import glob
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from policyctl.adapters.records.csv_table import CsvFile
from policyctl.adapters.records.jsonl import JsonLinesFile
from policyctl.adapters.records.parquet import ParquetFile
from policyctl.adapters.records.prepared import PreparedFolder
from policyctl.adapters.records.record_files import RecordFile, RecordFiles
from policyctl.adapters.records.row_file import RowFile
from policyctl.adapters.records.unpacking import PARQUET, reading, unpacked
from policyctl.core.record_table import delimiter_of
from policyctl.errors import InputError

STANDARD_INPUT = "-"
_FIRST_LINE = 64 * 1024
_BUFFER = 1024 * 1024


def open_records(names: Iterable[str]) -> RecordFiles:
    """Detection records from everything that the user named, as one stream.

    Args:
        names: files (JSON lines or CSV, plain or packed with gzip or zstd; Parquet), patterns of
            such (``logs/*.jsonl.gz``), folders that ``policyctl records import`` has prepared,
            or ``-`` for standard input.

    Raises:
        InputError: something is not there, or is not what it should be. What is wrong inside of
            the files is found when the records are read.
    """
    return RecordFiles([_opened(path, name) for path, name in places_of(names)])


def places_of(names: Iterable[str]) -> Iterator[tuple[Path, str]]:
    """The files and folders that were named, each with its name for messages.

    Patterns give their files in alphabetical order.

    Raises:
        InputError: a pattern fits nothing, or standard input is named twice.
    """
    piped = False
    for name in names:
        if name == STANDARD_INPUT:
            if piped:
                raise InputError("standard input is named twice", hint="name it once")
            piped = True
            yield _standard_input(), "stdin"
        elif glob.has_magic(name) and not Path(name).exists():
            found = sorted(glob.glob(name, recursive=True))  # noqa: PTH207  (absolute ones, too)
            if not found:
                raise InputError(f"no file fits {name}")
            yield from ((Path(one), Path(one).as_posix()) for one in found)
        else:
            yield Path(name), Path(name).as_posix()


def _opened(path: Path, name: str) -> RecordFile:
    return PreparedFolder(path, name) if path.is_dir() else file_of_records(path, name)


def file_of_records(path: Path, name: str) -> RowFile:
    """A file of detection records, whatever its format.

    Raises:
        InputError: it cannot be read.
    """
    with reading(name), path.open("rb") as file:
        if file.read(len(PARQUET)) == PARQUET:
            return ParquetFile(path, name)
    return CsvFile(path, name) if is_table(path, name) else JsonLinesFile(path, name)


def is_table(path: Path, name: str) -> bool:
    """Whether a file is a table as text, by its first line or else by its name."""
    with unpacked(path, name) as file:
        first = file.stream.readline(_FIRST_LINE)
    if delimiter_of(first.decode("utf-8", "replace").removeprefix("\ufeff")) is not None:
        return True
    return ".csv" in path.suffixes and not first.lstrip().startswith(b"{")


_KEPT: list[object] = []
"""What standard input was copied to: a file without a name, gone when the process is."""


def _standard_input() -> Path:
    # It is read more than once: to be recognised, to be digested, and where something is wrong.
    file = tempfile.TemporaryFile()  # noqa: SIM115
    _KEPT.append(file)
    while content := sys.stdin.buffer.read(_BUFFER):
        file.write(content)
    file.flush()
    return Path(f"/dev/fd/{file.fileno()}")
