"""Reads detection records from JSON lines, plain or gzip, in flat memory."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NoReturn, cast

from policyctl.core.evidence import RecordSource
from policyctl.core.record import Record, record_from
from policyctl.errors import InputError

_LONGEST_LINE = 1024 * 1024
_GZIP = b"\x1f\x8b"
_BINARY = (b"PK\x03\x04", b"\x28\xb5\x2f\xfd", b"PAR1", b"BZh", b"\xfd7zXZ\x00")
_HINT = "give one JSON object a line, plain or compressed with gzip"


def read(path: Path) -> Iterator[Record]:
    """The records of one file, in its order.

    Raises:
        InputError: the file is not what it should be; the message names the file and the line.
    """
    return iter(RecordFiles([path]))


class RecordFiles:
    """Files of detection records, read one after the other as one stream.

    Iterating raises `InputError` at the first thing that is not right. No record may come twice,
    in one file or in two: a review that is counted twice would be evidence out of nothing.
    """

    def __init__(self, paths: Iterable[Path]) -> None:
        self._paths = tuple(paths)
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
        for path in self._paths:
            file = _RecordFile(path)
            for record in file:
                mark = hash(_identity(record))
                if mark in seen:
                    self._refuse_second(record, len(sources), file.line)
                seen.add(mark)
                yield record
            sources.append(file.source)
        self._sources = tuple(sources)

    def _refuse_second(self, record: Record, index: int, line: int) -> None:
        wanted = _identity(record)
        for place, earlier in enumerate(self._paths[: index + 1]):
            file = _RecordFile(earlier)
            first = next((file.line for other in file if _identity(other) == wanted), None)
            if first is not None and (place, first) != (index, line):
                raise InputError(
                    f"{self._paths[index].as_posix()}:{line}: request '{record.request_id}' has"
                    f" another record of detector '{record.detector}'"
                    f" ({record.direction.value}) in {earlier.as_posix()}:{first}",
                    hint="give each record once",
                )


class _RecordFile:
    """One file: its records, the line that was read last, and at the end its digest."""

    def __init__(self, path: Path) -> None:
        self.line = 0
        self._path = path
        self._digest = ""

    @property
    def source(self) -> RecordSource:
        """The file as evidence names it, once it has been read to its end."""
        return RecordSource(name=self._path.name, sha256=self._digest, lines=self.line)

    def __iter__(self) -> Iterator[Record]:
        self.line = 0
        count = 0
        with self._errors(), self._path.open("rb", buffering=0) as raw:
            hashing = _Hashing(raw)
            for content in self._lines(_unpacked(hashing)):
                if content.strip():
                    count += 1
                    yield self._record(content)
            self._digest = hashing.digest
        if not count:
            raise InputError(f"{self._path.as_posix()} holds no records", hint=_HINT)

    def _lines(self, stream: BinaryIO) -> Iterator[bytes]:
        while content := stream.readline(_LONGEST_LINE + 1):
            self.line += 1
            if self.line == 1 and (content.startswith(_BINARY) or b"\x00" in content):
                raise InputError(f"{self._path.as_posix()} is not JSON lines", hint=_HINT)
            if len(content) > _LONGEST_LINE:
                self._refuse("the line is longer than 1 MiB")
            yield content

    def _record(self, content: bytes) -> Record:
        try:
            data = _DECODER.decode(content.rstrip(b"\r\n").decode("utf-8"))
        except (ValueError, RecursionError) as error:
            if content.startswith(b"{") and not content.endswith(b"\n"):
                self._refuse("the last line is cut off", error)
            self._refuse(_reason(error), error)
        if not isinstance(data, dict):
            self._refuse("the line is not a JSON object")
        try:
            return record_from(data)
        except ValueError as error:
            self._refuse(str(error), error)

    def _refuse(self, reason: str, cause: Exception | None = None) -> NoReturn:
        raise InputError(f"{self._path.as_posix()}:{self.line}: {reason}") from cause

    @contextmanager
    def _errors(self) -> Iterator[None]:
        name = self._path.as_posix()
        try:
            yield
        except EOFError as error:
            raise InputError(f"{name} ends in the middle: it was not copied whole") from error
        except (gzip.BadGzipFile, zlib.error) as error:
            raise InputError(f"{name} is damaged: it cannot be unpacked") from error
        except OSError as error:
            raise InputError(f"cannot read {name}: {error.strerror}") from error


class _Hashing(io.RawIOBase):
    """A file that digests what is read from it."""

    def __init__(self, raw: io.FileIO) -> None:
        self._raw = raw
        self._sha256 = hashlib.sha256()

    @property
    def digest(self) -> str:
        return self._sha256.hexdigest()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        count = self._raw.readinto(buffer) or 0
        self._sha256.update(memoryview(buffer)[:count])
        return count


def _unpacked(hashing: _Hashing) -> BinaryIO:
    buffered = io.BufferedReader(hashing, 256 * 1024)
    if buffered.peek(len(_GZIP)).startswith(_GZIP):
        return cast("BinaryIO", gzip.GzipFile(fileobj=buffered))
    return buffered


def _identity(record: Record) -> tuple[str, str, str]:
    return record.request_id, record.detector, record.direction.value


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        counts = Counter(name for name, _ in pairs)
        twice = next(name for name, count in counts.items() if count > 1)
        raise ValueError(f"the field {twice!a} stands twice in the record")
    return found


def _constant(name: str) -> NoReturn:
    raise ValueError(f"the line is not JSON: {name} is not a number")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)


def _reason(error: ValueError | RecursionError) -> str:
    match error:
        case json.JSONDecodeError():
            return f"the line is not JSON: {error.msg.lower()} at column {error.colno}"
        case UnicodeDecodeError():
            return "the line is not UTF-8"
        case RecursionError():
            return "the line is nested too deeply"
        case _:
            return str(error)
