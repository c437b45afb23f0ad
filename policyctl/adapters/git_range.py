"""A range of commits, and the files from before it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from policyctl.adapters.commit_record import Commit
from policyctl.adapters.git_location import find
from policyctl.adapters.git_objects import ObjectStore
from policyctl.errors import NotJudgedError, RepositoryError, UsageError
from policyctl.rules.wider import Change

_REGULAR = ("100644", "100755")
_FETCH = "fetch the history: git fetch --unshallow, or fetch-depth: 0 in a workflow"


class GitRange:
    """The commits between two revisions; satisfies `ports.History`."""

    def __init__(self, store: ObjectStore, here: Path, base: str, head: str) -> None:
        self._store = store
        self._here = here
        self._commits = f"{base}..{head}"
        self._is_shallow = store.is_shallow()
        self._fork = self._fork_of(base, head)

    def changes(self) -> tuple[Change, ...]:
        """The commits of the range, oldest first.

        Raises:
            NotJudgedError: the history was cut off within the range.
        """
        commits = list(self._store.history(self._commits))
        if self._is_shallow and not all(commit.parents for commit in commits):
            raise _cut_off(self._commits)
        return tuple(self._change(commit) for commit in reversed(commits))

    def before(self, file: str) -> bytes | None:
        """The bytes of a file where the range branched off, or None if it was not there.

        Args:
            file: the file, relative to the folder in which the range was opened.
        """
        top = self._store.location.work_tree
        try:
            # The folder may be a link; a link for a file would be read as the file it names.
            path = (self._here / file).parent.resolve().relative_to(top.resolve())
        except ValueError:
            return None
        name = (path / Path(file).name).as_posix()
        entry = self._store.tree(self._fork, [name]).get(name)
        return self._store.blob(entry.oid) if entry and entry.mode in _REGULAR else None

    def _change(self, commit: Commit) -> Change:
        return Change(
            commit=commit.id,
            subject=commit.message.partition("\n")[0],
            paths=self._store.changed_paths(commit.id),
        )

    def _fork_of(self, base: str, head: str) -> str:
        found = self._store.attempt("merge-base", base, head)
        if found is not None:
            return found
        if self._is_shallow:
            raise _cut_off(self._commits)
        raise RepositoryError(f"{base[:12]} and {head[:12]} have no commit in common")


@contextmanager
def git_range(text: str, here: Path) -> Iterator[GitRange]:
    """The range that ``BASE..HEAD`` names in the repository around a folder.

    Without HEAD it ends at the commit that is checked out.

    Raises:
        UsageError: the text is no range.
        NotJudgedError: the history was cut off before the range begins.
        RepositoryError: there is no repository, or no such commit.
    """
    base, dots, head = text.partition("..")
    if not base or not dots or ".." in head or head.startswith("."):
        raise UsageError(f"--range {text!r} is not BASE..HEAD", hint="as in origin/main..HEAD")
    with ObjectStore(find(here)) as store:
        yield GitRange(store, here, _resolved(store, base), _resolved(store, head or "HEAD"))


def _resolved(store: ObjectStore, rev: str) -> str:
    try:
        return store.resolve(rev)
    except RepositoryError as error:
        if store.is_shallow():
            raise NotJudgedError(error.message, hint=_FETCH) from error
        raise


def _cut_off(commits: str) -> NotJudgedError:
    return NotJudgedError(f"the history is cut off within {commits}", hint=_FETCH)
