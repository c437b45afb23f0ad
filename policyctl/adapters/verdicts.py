"""Remembers what was found in files, so that the same bytes are judged once.

One text file for each state of everything that a verdict depends on besides the file: policyctl and
what it is installed beside, governance, baselines and catalogues. It is the user's alone, and what
is damaged, or could be anybody else's, is as good as not there.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from policyctl.adapters.digests import SIZE, digest_of
from policyctl.adapters.plain_paths import move, remove

FINE = b""
"""The verdict on a file in which nothing was found."""

_FORMAT = b"policyctl verdicts 1"
_KEY = 2 * SIZE
_MOST_ENTRIES = 100_000
_MOST_BYTES = 16 * 2**20
_MOST_FILES = 8
_PRIVATE = 0o077


class Verdicts:
    """The verdicts of one state.

    Attributes:
        known: those of earlier runs.
        added: those of this run.
    """

    def __init__(self, folder: str, state: str) -> None:
        """Read what is remembered.

        Args:
            folder: where to keep it; it belongs to this user, as `cache_folder.own_folder` finds.
            state: a digest of everything that verdicts depend on besides the file.
        """
        self._path = f"{folder}/verdicts-{state}"
        self.known = _read(self._path)
        self.added: dict[bytes, bytes] = {}

    def of(self, name: str, content: bytes) -> bytes | None:
        """The verdict on a file, which may be `FINE`; None if it was never judged."""
        # A first run knows nothing, and has enough to do.
        return self.known.get(_key(name, content)) if self.known else None

    def keep(self, name: str, content: bytes, verdict: bytes) -> None:
        """Remember the verdict on a file: one line of text without its end."""
        self.added[_key(name, content)] = verdict

    def save(self, others: Iterable[Mapping[bytes, bytes]] = ()) -> None:
        """Write down what is new, here and in other processes; another run may do the same."""
        for other in others:
            self.added.update(other)
        if self.added:
            # Read again: what another run has written in between is kept.
            older = {key: old for key, old in _read(self._path).items() if key not in self.added}
            _write(self._path, {**self.added, **older})
            _forget_the_oldest(self._path.rpartition("/")[0])


def _key(name: str, content: bytes) -> bytes:
    """The digest of a file: what is found in it depends on its name, too."""
    return digest_of(os.fsencode(name), content)


def _read(path: str) -> dict[bytes, bytes]:
    try:
        # A pipe in its place must not be waited for.
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return {}
    try:
        status = os.fstat(file)
        if status.st_uid != os.getuid() or status.st_mode & _PRIVATE:
            return {}
        content = b""
        while len(content) <= _MOST_BYTES and (piece := os.read(file, _MOST_BYTES + 1)):
            content += piece
    except OSError:
        return {}
    finally:
        os.close(file)
    head, _, body = content.partition(b"\n")
    if len(content) > _MOST_BYTES or head != _head(body):
        return {}
    return {line[:_KEY]: line[_KEY:] for line in body.split(b"\n") if line}


def _head(body: bytes) -> bytes:
    return _FORMAT + b" " + digest_of(body)


def _write(path: str, verdicts: Mapping[bytes, bytes]) -> None:
    """Put the verdicts in place of the old ones, whole or not at all; the first matter most."""
    lines: list[bytes] = []
    left = _MOST_BYTES - len(_head(b"")) - 1
    for key, verdict in list(verdicts.items())[:_MOST_ENTRIES]:
        left -= len(key) + len(verdict) + 1
        if left < 0:
            break
        lines.append(key + verdict + b"\n")
    body = b"".join(lines)
    beside = f"{path}.{os.getpid()}"
    try:
        file = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            rest = memoryview(_head(body) + b"\n" + body)
            while rest:
                rest = rest[os.write(file, rest) :]
        finally:
            os.close(file)
        move(beside, path)
    except OSError:
        # It is only a memory: a full disk must not fail a check.
        remove(beside)


def _forget_the_oldest(folder: str) -> None:
    try:
        with os.scandir(folder) as entries:
            files = [
                (entry.stat(follow_symlinks=False).st_mtime_ns, entry.path)
                for entry in entries
                if entry.name.startswith("verdicts-")
            ]
    except OSError:
        return
    for _, path in sorted(files, reverse=True)[_MOST_FILES:]:
        remove(path)
