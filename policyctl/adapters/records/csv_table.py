"""Reads detection records from CSV with a header, plain or packed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from policyctl.adapters.records.jsonl import LONGEST_RECORD
from policyctl.adapters.records.row_file import RowFile
from policyctl.adapters.records.unpacking import bounded_lines, unpacked
from policyctl.core.engine_logs.fields import Fields
from policyctl.core.record_table import cells_of, check_header, delimiter_of, fields_of
from policyctl.core.unusable import UnusableError
from policyctl.errors import InputError

_HINT = "the first line names the columns, as in ts,request_id,app,direction,detector,level,status"


class CsvFile(RowFile):
    """One table. No field of a record spans lines, so that a stray quote costs one line."""

    empty_hint = _HINT

    def rows(self) -> Iterator[Fields | UnusableError]:
        """The rows as fields of records, or why a line is none."""
        self.line = self.count = 0
        with unpacked(self.path, self.name) as file:
            lines = bounded_lines(file.stream, LONGEST_RECORD)
            names, delimiter = self._header(next(lines, b""))
            for content in lines:
                self.line += 1
                self.size = file.size
                if content.strip() or len(content) > LONGEST_RECORD:
                    self.count += 1
                    yield _row(content, names, delimiter)
            self.digest = file.digest()
            self.size = file.size

    def _header(self, content: bytes) -> tuple[Sequence[str], str]:
        self.line = 1
        first = content.decode("utf-8", "replace").removeprefix("\ufeff")  # as spreadsheets write
        delimiter = delimiter_of(first)
        if delimiter is None:
            raise InputError(f"{self.name} is not a table of detection records", hint=_HINT)
        names = cells_of(first, delimiter)
        try:
            check_header(names)
        except UnusableError as error:
            raise InputError(f"{self.name}:1: {error}") from error
        return names, delimiter


def _row(content: bytes, names: Sequence[str], delimiter: str) -> Fields | UnusableError:
    if len(content) > LONGEST_RECORD:
        return UnusableError("the line is longer than 1 MiB")
    try:
        return fields_of(names, cells_of(content.decode("utf-8"), delimiter))
    except UnicodeDecodeError:
        return UnusableError("the line is not UTF-8")
    except UnusableError as error:
        return error
