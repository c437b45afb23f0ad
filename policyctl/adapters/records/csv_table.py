"""Reads detection records from CSV with a header, plain or packed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NoReturn

from policyctl.adapters.records.jsonl import LONGEST_LINE
from policyctl.adapters.records.unpacking import bounded_lines, unpacked
from policyctl.core.evidence import RecordSource
from policyctl.core.record import Record, record_from
from policyctl.core.record_table import check_header, delimiter_of, fields_of, rows_of
from policyctl.errors import InputError

_HINT = "the first line names the columns, as in ts,request_id,app,direction,detector,level,status"


class CsvFile:
    """One file: its records, the line that was read last, and at the end its digest.

    Iterating raises `InputError` at the first thing that is not right, with the line's number.
    """

    def __init__(self, path: Path, name: str) -> None:
        self.name = name
        self.line = 0
        self._path = path
        self._digest = ""

    def sources(self) -> tuple[RecordSource, ...]:
        """The file as evidence names it, once it has been read to its end."""
        name = self.name.rpartition("/")[2]
        return (RecordSource(name=name, sha256=self._digest, lines=self.line),)

    def __iter__(self) -> Iterator[Record]:
        self.line = 0
        count = 0
        with unpacked(self._path, self.name) as file:
            try:
                for record in self._records(file.stream):
                    count += 1
                    yield record
            except ValueError as error:
                self._refuse(str(error), error)
            self._digest = file.digest()
        if not count:
            raise InputError(f"{self.name} holds no records", hint=_HINT)

    def _records(self, stream: BinaryIO) -> Iterator[Record]:
        lines = self._lines(stream)
        first = next(lines, "").removeprefix("\ufeff")  # as spreadsheets write it
        delimiter = delimiter_of(first)
        if delimiter is None:
            raise InputError(f"{self.name} is not a table of detection records", hint=_HINT)
        names = next(rows_of([first], delimiter))
        check_header(names)
        for cells in rows_of(lines, delimiter):
            if cells:
                yield record_from(fields_of(names, cells))

    def _lines(self, stream: BinaryIO) -> Iterator[str]:
        for content in bounded_lines(stream, LONGEST_LINE):
            self.line += 1
            if len(content) > LONGEST_LINE:
                self._refuse("the line is longer than 1 MiB")
            try:
                yield content.decode("utf-8")
            except UnicodeDecodeError as error:
                self._refuse("the line is not UTF-8", error)

    def _refuse(self, reason: str, cause: Exception | None = None) -> NoReturn:
        raise InputError(f"{self.name}:{self.line}: {reason}") from cause
