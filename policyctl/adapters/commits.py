"""The commits of a repository as verification compares them; bare repositories too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from policyctl.adapters.git_location import GitLocation, find_readable
from policyctl.adapters.git_objects import PATHS, ObjectStore, TreeEntry
from policyctl.adapters.governed_files import GovernedFiles, is_governed
from policyctl.adapters.ref_names import require_one_meaning
from policyctl.core import paths
from policyctl.core.frozen import frozen
from policyctl.core.history import Dropped, State, Way
from policyctl.core.snapshot import File, Snapshot
from policyctl.errors import NotJudgedError, RepositoryError
from policyctl.usecases.ports import Listed

_ABSENT = "000000"
_SUBMODULE = "160000"
_PLAIN = 2
"""A commit and its first parent."""
_DEEPEN = "git fetch --unshallow, or fetch-depth: 0 in a workflow"


class Commits:
    """Satisfies `ports.Commits`: nothing is written, and what commits share is read once."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._files = GovernedFiles(store)
        self._resolved: set[str] = set()

    @property
    def store(self) -> ObjectStore:
        """The objects and refs."""
        return self._store

    def resolve(self, rev: str) -> str:
        """The id of the commit that ``rev`` names, and names alone."""
        if rev in self._resolved:
            return rev
        found = require_one_meaning(self._store, rev) or self._asked(rev)
        self._resolved.add(found)
        return found

    def _asked(self, rev: str) -> str:
        try:
            return self._store.resolve(rev)
        except RepositoryError as error:
            if self._store.is_shallow():
                raise NotJudgedError(error.message, hint=_DEEPEN) from error
            if self._store.attempt("rev-parse", "--verify", "--quiet", "HEAD") is None:
                raise RepositoryError(
                    error.message, hint="run 'policyctl init', which makes one"
                ) from error
            raise

    def snapshot(self, commit: str) -> Snapshot:
        """The governed files of a commit."""
        return self._files.of_commit(commit)

    def files(self, commit: str, under: Sequence[str]) -> Snapshot:
        """The governed files of a commit at and below these paths."""
        return self._files.of_commit(commit, tuple(under))

    def names(self, commit: str) -> Snapshot:
        """The governed files of a commit, by name and mode alone."""
        return self._files.names(commit)

    def listed(self, commit: str) -> Mapping[str, Listed]:
        """The governed files of a commit, as its tree lists them."""
        return self._files.tree(commit)

    def read(self, files: Mapping[str, Listed]) -> Snapshot:
        """Files of a commit; none of them is kept."""
        return self._files.read(files)

    def merge_bases(self, one: str, other: str) -> tuple[str, ...]:
        """The newest commits that two commits both come from.

        Raises:
            NotJudgedError: the history was cut off before it came to one.
            RepositoryError: they have no commit in common.
        """
        try:
            found = self._store.run("merge-base", "--all", one, other).decode("ascii").split()
        except RepositoryError:
            found = []
        if found:
            return tuple(sorted(found))
        if self._store.is_shallow():
            raise NotJudgedError(
                f"the history is cut off before {one[:12]} and {other[:12]} meet", hint=_DEEPEN
            )
        raise RepositoryError(f"{one[:12]} and {other[:12]} have no commit in common")

    def changed(self, old: str, new: str) -> tuple[str, ...]:
        """The governed files that differ between two commits."""
        governed = self._files.changed_folders(old, new)
        if not governed:
            return ()
        arguments = ("diff-tree", "-r", "-z", "--name-only", "--no-renames")
        found = self._store.records(*arguments, old, new, "--", *governed)
        return tuple(name.decode(*PATHS) for name in found)

    def states(self, head: str) -> Iterator[State]:
        """The first-parent states of a branch that changed governed files, oldest first.

        Raises:
            NotJudgedError: the history was cut off when the repository was cloned.
        """
        return self._states(self._first_parents(head))

    def way(self, base: str, head: str) -> Way:
        """The same states of the commits that a base has not; none of their files is read."""
        commits = self._listed(head, "--not", base)
        changes = [changed.keys() for _, changed in self._compared(_pairs(commits))]
        start = commits[0][1] if commits and len(commits[0]) >= _PLAIN else b""
        return Way(
            start=start.decode("ascii"),
            states=len(changes),
            paths=frozenset(path for paths in changes for path in paths),
        )

    def states_since(self, base: str, head: str) -> Iterator[State]:
        """The states of such a way, oldest first."""
        return self._states(self._listed(head, "--not", base))

    def _states(self, commits: list[list[bytes]]) -> Iterator[State]:
        lines = _pairs(commits)
        number = {line.split(b" ")[0]: place for place, line in enumerate(lines, start=1)}
        held = _Held(self._files)
        for commit, changes in self._compared(lines):
            yield held.state(commit, number[commit], changes)

    def dropped(self, head: str) -> Iterator[Dropped]:
        """What the merges of a branch do not have as the commits had it that they merged.

        Raises:
            NotJudgedError: the history was cut off when the repository was cloned.
        """
        merges = [line for line in self._first_parents(head) if len(line) > _PLAIN]
        lines = [line[0] + b" " + other for line in merges for other in line[_PLAIN:]]
        for commit, changes in self._compared(lines, paths.HOME.rstrip("/")):
            yield from (
                Dropped(commit=commit.decode("ascii"), path=path, gone=entry.mode == _ABSENT)
                for path, entry in changes.items()
                if not entry.is_new
            )

    def count_states(self, head: str) -> int:
        """How many commits ``states`` goes through."""
        return int(self._store.text("rev-list", "--first-parent", "--count", head, "--"))

    def _first_parents(self, head: str) -> list[list[bytes]]:
        """The commits of a branch, oldest first, each with its parents."""
        if self._store.is_shallow():
            raise NotJudgedError(f"the history of {head[:12]} is cut off", hint=_DEEPEN)
        return self._listed(head)

    def _listed(self, *range_: str) -> list[list[bytes]]:
        listed = self._store.run(
            "rev-list", "--first-parent", "--parents", "--reverse", *range_, "--"
        )
        return [line.split(b" ") for line in listed.splitlines()]

    def _compared(
        self, lines: list[bytes], *under: str
    ) -> Iterator[tuple[bytes, dict[str, _Changed]]]:
        """What differs in governed files between commits and the parent that each line names."""
        if not lines:
            return
        arguments = ("diff-tree", "--stdin", "-r", "-z", "--raw", "--no-renames", "--root")
        commit, changes = b"", dict[str, _Changed]()
        records = self._store.records(
            *(*arguments, "--no-abbrev", "--ignore-submodules=none", "--", *under),
            stdin=b"\n".join(lines) + b"\n",
        )
        for record in records:
            if not record.startswith(b":"):
                if changes:
                    yield commit, changes
                commit, changes = record, {}
                continue
            path = next(records).decode(*PATHS)
            if is_governed(path):
                before, mode, _, oid, _ = record.decode("ascii").split(" ")
                changes[path] = _Changed(mode=mode, oid=oid, is_new=before == ":" + _ABSENT)
        if changes:
            yield commit, changes


def _pairs(commits: list[list[bytes]]) -> list[bytes]:
    """Commits with their first parent alone: diff-tree compares with those that it is told."""
    return [b" ".join(line[:_PLAIN]) for line in commits]


@frozen
class _Changed:
    """What a commit has at a path that differs; the mode of a file that is gone is `_ABSENT`."""

    mode: str
    oid: str
    is_new: bool

    @property
    def entry(self) -> TreeEntry:
        """The same, as a tree says it."""
        kind = "commit" if self.mode == _SUBMODULE else "blob"
        return TreeEntry(mode=self.mode, oid=self.oid, kind=kind)


class _Held:
    """The objects that the present state of a history holds; all others are let go of."""

    def __init__(self, files: GovernedFiles) -> None:
        self._files = files
        self._held: dict[str, str] = {}
        self._uses: Counter[str] = Counter()

    def state(self, commit: bytes, number: int, changes: dict[str, _Changed]) -> State:
        files: dict[str, File | None] = {}
        gone = [self._held.pop(path) for path in changes if path in self._held]
        self._uses.subtract(gone)
        for path, changed in changes.items():
            if changed.mode == _ABSENT:
                files[path] = None
                continue
            entry = changed.entry
            files[path] = self._files.file(path, entry)
            self._held[path] = entry.oid
            self._uses[entry.oid] += 1
        self._files.forget([oid for oid in gone if not self._uses[oid]])
        return State(commit=commit.decode("ascii"), number=number, files=files)


@contextmanager
def commits_of(start: Path) -> Iterator[Commits]:
    """The commits of the repository around a folder, or of the bare one that the folder is."""
    with commits_at(find_readable(start)) as found:
        yield found


@contextmanager
def commits_at(location: GitLocation) -> Iterator[Commits]:
    """The commits of a repository."""
    with ObjectStore(location) as store:
        yield Commits(store)
