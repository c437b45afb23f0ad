"""Reads JSON lines, plain or packed, in flat memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from policyctl.adapters.records.row_file import RowFile
from policyctl.adapters.records.unpacking import bounded_lines, unpacked
from policyctl.core.engine_logs.fields import Fields
from policyctl.core.json_line import decode_line
from policyctl.core.unusable import UnusableError
from policyctl.errors import InputError

LONGEST_RECORD = 1024 * 1024
LONGEST_ANSWER = 16 * 1024 * 1024
"""Engines' logs hold whole conversations, and pictures."""

_CHUNK = 20_000
_CHUNK_BYTES = 16 * 1024 * 1024
_BINARY = (b"PK\x03\x04", b"BZh", b"\xfd7zXZ\x00")
_HINT = "give one JSON object a line, plain or compressed with gzip or zstd"


class JsonLinesFile(RowFile):
    """One file of JSON objects, one a line."""

    empty_hint = _HINT

    def __init__(self, path: Path, name: str, *, longest: int = LONGEST_RECORD) -> None:
        super().__init__(path, name)
        self._longest = longest

    def rows(self) -> Iterator[Fields | UnusableError]:
        """The objects, or why a line is none."""
        for content in self._contents():
            yield self.row(content)

    def chunks(self) -> Iterator[list[tuple[int, bytes]]]:
        """The lines with their numbers, some thousand at a time."""
        chunk: list[tuple[int, bytes]] = []
        length = 0
        for content in self._contents():
            chunk.append((self.line, content))
            length += len(content)
            if len(chunk) >= _CHUNK or length > _CHUNK_BYTES:
                yield chunk
                chunk, length = [], 0
        if chunk:
            yield chunk

    def _contents(self) -> Iterator[bytes]:
        self.line = self.count = 0
        with unpacked(self.path, self.name) as file:
            for content in bounded_lines(file.stream, self._longest):
                self.line += 1
                self.size = file.size
                if self.line == 1 and (content.startswith(_BINARY) or b"\x00" in content):
                    raise InputError(f"{self.name} is not JSON lines", hint=_HINT)
                if content.strip() or len(content) > self._longest:
                    self.count += 1
                    yield content
            self.digest = file.digest()
            self.size = file.size

    def row(self, content: bytes) -> Fields | UnusableError:
        """The object that a line holds, or why it holds none."""
        if len(content) > self._longest:
            return UnusableError(f"the line is longer than {self._longest // 1024 // 1024} MiB")
        try:
            return decode_line(content)
        except UnusableError as error:
            return error
