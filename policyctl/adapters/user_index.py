"""The user's index, changed at some paths: prepared aside, put in place under git's own lock."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from policyctl.adapters.durable import create_whole, keep
from policyctl.adapters.git_objects import PATHS
from policyctl.adapters.git_process import GitProcess
from policyctl.adapters.write_journal import JournalFolder
from policyctl.errors import RepositoryError

_ATTEMPTS = 20
_PAUSE = 0.1  # seconds


class UserIndex:
    """The index of one working tree.

    While git's lock is held, ``git commit`` and ``git add`` refuse to run: a commit made from an
    index that does not know of ours yet would take it back.
    """

    def __init__(self, git: GitProcess, folder: JournalFolder) -> None:
        self._git = git
        self._folder = folder
        self._index = git.location.git_dir / "index"
        self.lock = git.location.git_dir / "index.lock"

    def take(self, entries: Mapping[str, str | None]) -> None:
        """Prepare the index with these blobs (None: no file) and hold git's lock with it.

        Raises:
            RepositoryError: another git command holds the lock; nothing was changed.
            OSError: a file cannot be written.
        """
        for _ in range(_ATTEMPTS):
            before = self._state()
            self._prepare(entries)
            try:
                create_whole(self._folder.index, self.lock)
            except FileExistsError:
                time.sleep(_PAUSE)
                continue
            if self._state() == before:
                return
            self.lock.unlink()  # another command was quicker with the index
        raise RepositoryError(
            f"another git command holds {self.lock}",
            hint="wait until it ends; if none runs: policyctl doctor --repair",
        )

    def put(self) -> None:
        """Put the prepared index in place, which ends the lock."""
        self.lock.replace(self._index)
        keep((self._index.parent,))

    def give_up(self) -> None:
        """End the lock, if it is ours, and leave the index as it was."""
        if self._folder.owns(self.lock):
            self.lock.unlink()

    def _prepare(self, entries: Mapping[str, str | None]) -> None:
        """Change a copy of the index.

        When git rewrites an index, it compares files that were edited within a clock tick of the
        last rewrite, and that runs their filters. It does not for an index without a time. Giving
        the copy the index's time again leaves that comparison to the user's next git command.
        """
        copy = self._folder.index
        copy.unlink(missing_ok=True)
        before: int | None = None
        with suppress(FileNotFoundError):
            before = self._index.stat().st_mtime_ns
            shutil.copyfile(self._index, copy)
            os.utime(copy, (0, 0))
        update_index(self._git, entries, copy)
        if before is not None:
            os.utime(copy, ns=(before, before))
        keep((copy,))

    def _state(self) -> tuple[int, ...]:
        """Differs after each change: git never writes into an index, it replaces it."""
        try:
            found = self._index.stat()
        except FileNotFoundError:
            return ()
        return (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def update_index(git: GitProcess, entries: Mapping[str, str | None], index: Path) -> None:
    """Set the blobs of these paths (None: no file) in an index.

    Raises:
        RepositoryError: git cannot write it.
    """
    none = "0" * _digits(git, entries)
    lines = [
        (f"0 {none}\t{path}\0" if oid is None else f"100644 {oid}\t{path}\0").encode(*PATHS)
        for path, oid in entries.items()
    ]
    environment = {"GIT_INDEX_FILE": str(index)}
    git.run("update-index", "-z", "--index-info", stdin=b"".join(lines), extra=environment)


def _digits(git: GitProcess, entries: Mapping[str, str | None]) -> int:
    known = next(filter(None, entries.values()), None)
    if known is not None:
        return len(known)
    return 64 if git.text("rev-parse", "--show-object-format") == "sha256" else 40
