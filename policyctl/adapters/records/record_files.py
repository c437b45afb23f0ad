"""Sources of detection records, read one after the other as one stream."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from typing import Protocol

from policyctl.core.evidence import RecordSource
from policyctl.core.record import Record
from policyctl.core.sides import Direction
from policyctl.errors import InputError


class RecordFile(Protocol):
    """One source: its records, and where one is while reading."""

    name: str
    line: int

    def __iter__(self) -> Iterator[Record]:
        """The records, from the beginning."""

    def sources(self) -> tuple[RecordSource, ...]:
        """What was read, once the records have been iterated to their end."""


class RecordFiles:
    """Several sources as one stream, which can be read again.

    Iterating raises `InputError` at the first thing that is not right. No record may come twice,
    in one source or in two: a review that is counted twice would be evidence out of nothing.
    """

    def __init__(self, files: Sequence[RecordFile]) -> None:
        self.files = tuple(files)
        self._sources: tuple[RecordSource, ...] | None = None

    def manifest(self) -> tuple[RecordSource, ...]:
        """What was read, with the sha256 of each file's bytes.

        Raises:
            ValueError: the records have not been iterated to their end.
        """
        if self._sources is None:
            raise ValueError("the records have not been read to their end")
        return self._sources

    def __iter__(self) -> Iterator[Record]:
        self._sources = None
        # Eight bytes a record instead of its names; what collides is looked up in the files.
        seen: set[int] = set()
        sources: list[RecordSource] = []
        for place, file in enumerate(self.files):
            for record in file:
                mark = hash(_identity(record))
                if mark in seen:
                    self._refuse_second(record, place)
                seen.add(mark)
                yield record
            sources += file.sources()
        self._sources = tuple(sources)

    def _refuse_second(self, record: Record, place: int) -> None:
        wanted = _identity(record)
        at = self.files[place]
        for number, file in enumerate(self.files[: place + 1]):
            earlier = copy(file)  # the place in the file itself is still needed
            first = next((earlier.line for other in earlier if _identity(other) == wanted), None)
            if first is not None and (number, first) != (place, at.line):
                raise InputError(
                    f"{at.name}:{at.line}: request '{record.request_id}' has"
                    f" another record of detector '{record.detector}'"
                    f" ({record.direction.value}) in {earlier.name}:{first}",
                    hint="give each record once",
                )


def _identity(record: Record) -> tuple[str, str, Direction]:
    return record.request_id, record.detector, record.direction
