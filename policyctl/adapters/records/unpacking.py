"""Files as they were before they were packed, and the digest of the bytes that were read."""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import BinaryIO, cast

from policyctl.errors import InputError

GZIP = b"\x1f\x8b"
ZSTD = b"\x28\xb5\x2f\xfd"
PARQUET = b"PAR1"
EXTRA = "pip install 'policyctl[evidence]'"
"""What to do where a format needs a library that is not there."""

_BUFFER = 256 * 1024


class Unpacked:
    """A file's content, and what it is known by once it has been read to its end."""

    def __init__(self, raw: io.FileIO, name: str) -> None:
        self._hashing = _Hashing(raw)
        buffered = io.BufferedReader(self._hashing, _BUFFER)
        self.stream: BinaryIO = io.BufferedReader(_content(buffered, name), _BUFFER)

    @property
    def size(self) -> int:
        """How many bytes of the file have been read so far, packed as they are."""
        return self._hashing.size

    def digest(self) -> str:
        """The sha256 of the whole file, of which nothing is left to read."""
        while self._hashing.read(_BUFFER):
            pass
        return self._hashing.digest


@contextmanager
def unpacked(path: Path, name: str) -> Iterator[Unpacked]:
    """The content of a file that is plain or packed with gzip or zstd, known by its first bytes.

    Raises:
        InputError: it cannot be read or unpacked, also later, while it is read in this context.
    """
    with reading(name), path.open("rb", buffering=0) as raw:
        yield Unpacked(raw, name)


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Turn what goes wrong with a file into one sentence.

    Raises:
        InputError: the file cannot be read or unpacked.
    """
    try:
        yield
    except EOFError as error:
        raise InputError(f"{name} ends in the middle: it was not copied whole") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise InputError(f"{name} is damaged: it cannot be unpacked") from error
    except OSError as error:
        raise InputError(f"cannot read {name}: {error.strerror}") from error


def sha256_of(path: Path, name: str, check: Callable[[], None] | None = None) -> str:
    """The digest of a file's bytes.

    Args:
        path: the file.
        name: how messages call it.
        check: called after each part; may raise.

    Raises:
        InputError: it cannot be read.
    """
    sha256 = hashlib.sha256()
    with reading(name), path.open("rb", buffering=0) as raw:
        while content := raw.read(_BUFFER):
            sha256.update(content)
            if check:
                check()
    return sha256.hexdigest()


class _Hashing(io.RawIOBase):
    """A file that digests what is read from it."""

    def __init__(self, raw: io.FileIO) -> None:
        self._raw = raw
        self._sha256 = hashlib.sha256()
        self.size = 0

    @property
    def digest(self) -> str:
        return self._sha256.hexdigest()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        count = self._raw.readinto(buffer) or 0
        self._sha256.update(memoryview(buffer)[:count])
        self.size += count
        return count


class _Zstd(io.RawIOBase):
    """What a zstd file holds; what is wrong with it is told as gzip tells it."""

    def __init__(self, buffered: io.BufferedReader[_Hashing], name: str) -> None:
        zstd = _zstd(name)
        self._file = zstd.ZstdFile(buffered)
        self._error = zstd.ZstdError

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        try:
            return cast("int", self._file.readinto(buffer))
        except self._error as error:
            raise zlib.error(str(error)) from error


def bounded_lines(stream: BinaryIO, longest: int) -> Iterator[bytes]:
    """The lines of a stream; of one that is too long, the first ``longest`` + 1 bytes alone."""
    while content := stream.readline(longest + 1):
        yield content
        while len(content) > longest and not content.endswith(b"\n"):
            content = stream.readline(longest + 1)


def _content(buffered: io.BufferedReader[_Hashing], name: str) -> io.RawIOBase:
    start = buffered.peek(len(ZSTD))
    if start.startswith(GZIP):
        return cast("io.RawIOBase", gzip.GzipFile(fileobj=buffered))
    if start.startswith(ZSTD):
        return _Zstd(buffered, name)
    return cast("io.RawIOBase", buffered)


def _zstd(name: str) -> ModuleType:
    for module in ("compression.zstd", "backports.zstd"):  # Python 3.14 has the first
        with suppress(ImportError):
            return import_module(module)
    raise InputError(f"{name} is packed with zstd, and no library for that is here", hint=EXTRA)
