"""The governed files of commits: each object read once, and never more than a ledger can need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from policyctl.adapters.git_objects import (
    MOST_ASKED,
    ObjectStore,
    TooLargeError,
    TreeEntry,
    entry_of,
)
from policyctl.core import paths
from policyctl.core.portable_names import is_governed_folder
from policyctl.core.snapshot import REGULAR, File, Snapshot
from policyctl.errors import RepositoryError
from policyctl.usecases.ports import Listed

MOST_BYTES = 1 << 30
_MODE_DIGITS = 6


def is_governed(path: str) -> bool:
    """True if a path is below ``policies`` or ``.policyctl``, or is somewhere taken to be."""
    return is_governed_folder(path.partition("/")[0])


class GovernedFiles:
    """Reads governed files; commits that share a file share what was read of it."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._read: dict[str, File] = {}
        self._listed: tuple[str, dict[str, str]] = ("", {})
        self._bytes = 0

    def of_commit(self, commit: str, under: Sequence[str] | None = None) -> Snapshot:
        """The governed files of a commit, all of them or those at and below ``under``."""
        found: dict[str, File] = {}
        entries = list(self.tree(commit, under).items())
        for start in range(0, len(entries), MOST_ASKED):
            part = entries[start : start + MOST_ASKED]
            missing = [e.oid for path, e in part if _is_read(path, e) and e.oid not in self._read]
            self._store.ask(list(dict.fromkeys(missing)))
            found.update((path, self.file(path, entry)) for path, entry in part)
        return found

    def read(self, files: Mapping[str, Listed]) -> Snapshot:
        """Files of a commit; none of them is kept."""
        found: dict[str, File] = {}
        entries = list(files.items())
        for start in range(0, len(entries), MOST_ASKED):
            part = entries[start : start + MOST_ASKED]
            self._store.ask([entry.oid for path, entry in part if _is_read(path, entry)])
            for path, entry in part:
                if _is_read(path, entry):
                    found[path] = self._content(entry)
                else:
                    found[path] = File(mode=entry.mode, content=None)
        return found

    def tree(self, commit: str, under: Sequence[str] | None = None) -> dict[str, TreeEntry]:
        """The names of the governed files of a commit, and the objects that they hold."""
        alike = self._folders(commit)
        if not alike or under == ():
            return {}
        known, listed = self._listed
        if under is None or known != commit:
            return self._store.tree(commit, alike if under is None else under)
        within = tuple(f"{path}/" for path in under)
        return {
            path: entry_of(line)
            for path, line in listed.items()
            if path.startswith(within) or path in under
        }

    def names(self, commit: str) -> Snapshot:
        """The governed files of a commit by name and mode alone."""
        alike = self._folders(commit)
        listed = self._store.listing(commit, alike) if alike else {}
        self._listed = (commit, listed)
        modes: dict[str, File] = {}
        found: dict[str, File] = {}
        for path, line in listed.items():
            mode = line[:_MODE_DIGITS]
            if mode not in modes:
                modes[mode] = File(mode=mode, content=None)
            found[path] = modes[mode]
        return found

    def changed_folders(self, old: str, new: str) -> list[str]:
        """The names at the top of two commits that are governed and differ."""
        parted = set(self._store.top(old)) ^ set(self._store.top(new))
        return sorted({name for name, _ in parted if is_governed(name)})

    def _folders(self, commit: str) -> list[str]:
        return [name for name, _ in self._store.top(commit) if is_governed(name)]

    def file(self, path: str, entry: TreeEntry) -> File:
        """The file that a commit has at a path."""
        if not _is_read(path, entry):
            return File(mode=entry.mode, content=None)
        if entry.oid not in self._read:
            self._read[entry.oid] = self._content(entry)
        return self._read[entry.oid]

    def forget(self, oids: Sequence[str]) -> None:
        """Let go of objects that no commit will ask for again."""
        for oid in oids:
            file = self._read.pop(oid, None)
            self._bytes -= len(file.content or b"") if file else 0

    def _content(self, entry: Listed) -> File:
        try:
            content = self._store.blob(entry.oid)
        except TooLargeError:
            return File(mode=entry.mode, content=None, too_large=True)
        self._bytes += len(content)
        if self._bytes > MOST_BYTES:
            raise RepositoryError(f"the governed files hold more than {MOST_BYTES >> 20} MiB")
        return File(mode=entry.mode, content=content)


def _is_read(path: str, entry: Listed) -> bool:
    return entry.mode == REGULAR and paths.place_of(path) is not None
