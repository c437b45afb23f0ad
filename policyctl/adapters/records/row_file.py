"""A file of rows that are records, whatever its format."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from policyctl.adapters.records.unpacking import sha256_of
from policyctl.core.engine_logs.fields import Fields
from policyctl.core.evidence import RecordSource
from policyctl.core.quick_record import quick_record
from policyctl.core.record import Record
from policyctl.core.unusable import UnusableError
from policyctl.errors import InputError


class RowFile:
    """One file: its records, the line that was read last, and at the end its digest.

    Iterating raises `InputError` at the first thing that is not right, with the line's number.
    `count` is how many rows were read, without blank lines.
    """

    empty_hint = ""
    """What to do where a file holds no records."""

    def __init__(self, path: Path, name: str) -> None:
        self.path = path
        self.name = name
        self.line = 0
        self.count = 0
        self.size = 0
        self.digest = ""

    def rows(self) -> Iterator[Fields | UnusableError]:
        """The rows as they stand in the file, or why a line is none; blank lines are left out.

        `line` is the number of the row that came last. Raises `InputError` where the file as a
        whole is not what it should be.
        """
        raise NotImplementedError

    def chunks(self) -> Iterator[list[tuple[int, bytes]]] | None:
        """The lines as they stand in the file, some thousand at a time with their numbers.

        None for a format whose rows are no lines of their own; blank lines are left out.
        """
        return None

    def row(self, content: bytes) -> Fields | UnusableError:
        """The row that a line of `chunks` is, or why it is none."""
        raise NotImplementedError

    def fingerprint(self, check: Callable[[], None]) -> str:
        """The sha256 of the file's bytes, read ahead; ``check`` is called after each part."""
        return sha256_of(self.path, self.name, check)

    def sources(self) -> tuple[RecordSource, ...]:
        """The file as evidence names it, once it has been read to its end."""
        name = self.name.rpartition("/")[2]
        return (RecordSource(name=name, sha256=self.digest, lines=self.line),)

    def __iter__(self) -> Iterator[Record]:
        count = 0
        for row in self.rows():
            try:
                if isinstance(row, UnusableError):
                    raise row
                record = quick_record(row)
            except UnusableError as error:
                raise InputError(f"{self.name}:{self.place}: {error}") from error
            count += 1
            yield record
        if not count:
            raise InputError(f"{self.name} holds no records", hint=self.empty_hint)

    @property
    def place(self) -> str:
        """Where the row stands that came last, for people."""
        return str(self.line)
