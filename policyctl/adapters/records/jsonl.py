"""Reads detection records from JSON lines, plain or packed, in flat memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from policyctl.adapters.records.unpacking import bounded_lines, unpacked
from policyctl.core.evidence import RecordSource
from policyctl.core.json_line import decode_line
from policyctl.core.record import Record, record_from
from policyctl.errors import InputError

LONGEST_LINE = 1024 * 1024
_BINARY = (b"PK\x03\x04", b"BZh", b"\xfd7zXZ\x00")
_HINT = "give one JSON object a line, plain or compressed with gzip or zstd"


class JsonLinesFile:
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
            for content in bounded_lines(file.stream, LONGEST_LINE):
                self.line += 1
                self._check(content)
                if content.strip():
                    count += 1
                    yield self._record(content)
            self._digest = file.digest()
        if not count:
            raise InputError(f"{self.name} holds no records", hint=_HINT)

    def _check(self, content: bytes) -> None:
        if self.line == 1 and (content.startswith(_BINARY) or b"\x00" in content):
            raise InputError(f"{self.name} is not JSON lines", hint=_HINT)
        if len(content) > LONGEST_LINE:
            raise InputError(f"{self.name}:{self.line}: the line is longer than 1 MiB")

    def _record(self, content: bytes) -> Record:
        try:
            return record_from(decode_line(content))
        except ValueError as error:
            raise InputError(f"{self.name}:{self.line}: {error}") from error
