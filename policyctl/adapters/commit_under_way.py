"""The commit that git is about to make, as a hook of it finds it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from policyctl.adapters.git_location import GitLocation, find
from policyctl.adapters.git_objects import PATHS, ObjectStore
from policyctl.core.frozen import replace
from policyctl.errors import RepositoryError, UsageError

_MOST_BYTES = 1024 * 1024
_REGULAR = frozenset({"100644", "100755"})
_SETTING = "policyctl.commitMsg"
_REFUSES = {"warn": False, "refuse": True}


class CommitUnderWay:
    """Satisfies `explain_commit.CommitUnderWay`: what is staged, against the last commit."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    @property
    def is_merge(self) -> bool:
        """Whether others' work becomes part of it."""
        return (self._store.location.git_dir / "MERGE_HEAD").exists()

    def changed(self) -> tuple[str, ...]:
        """The files that are staged with other bytes than the last commit has, or gone."""
        head = self._store.attempt("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        if head is None:
            return tuple(sorted(self._store.index()))
        arguments = ("diff-index", "--cached", "-z", "--name-only", "--no-renames", head, "--")
        return tuple(record.decode(*PATHS) for record in self._store.records(*arguments) if record)

    def names(self, folder: str) -> tuple[str, ...]:
        """The staged files below a folder."""
        return tuple(self._store.index([folder]))

    def content(self, path: str) -> bytes | None:
        """The staged bytes of a regular file, or None."""
        entry = self._store.index([path]).get(path)
        return self._store.blob(entry.oid) if entry and entry.mode in _REGULAR else None

    @cached_property
    def refuses(self) -> bool:
        """Whether the user wants such commits refused: ``git config policyctl.commitMsg refuse``.

        Raises:
            UsageError: something else is set.
        """
        try:
            said = self._store.text("config", "--get", _SETTING, as_user=True)
        except RepositoryError:
            return False
        if said not in _REFUSES:
            raise UsageError(f"{_SETTING} is {said!r}", hint="set it to 'warn' or 'refuse'")
        return _REFUSES[said]


@contextmanager
def commit_under_way(start: Path, environment: Mapping[str, str]) -> Iterator[CommitUnderWay]:
    """The commit for which git runs a hook in ``start``.

    Raises:
        RepositoryError: there is no repository, or the environment names an index elsewhere.
    """
    location = find(start)
    with ObjectStore(replace(location, index=_index(location, start, environment))) as store:
        yield CommitUnderWay(store)


def _index(location: GitLocation, start: Path, environment: Mapping[str, str]) -> Path | None:
    """What the commit is made of: ``git commit -a`` and ``git commit FILE`` have one of their own.

    The environment is believed only where it says what git itself would: a file beside the
    repository's own index.
    """
    named = environment.get("GIT_INDEX_FILE")
    if not named:
        return None
    path = Path(os.path.normpath(start.resolve() / named))
    if path.parent.resolve() != location.git_dir.resolve():
        raise RepositoryError(
            "GIT_INDEX_FILE does not name an index of this repository",
            hint="let git run this hook: it is called by git commit",
        )
    return path


def read_message(file: Path) -> str:
    """A commit's message as far as anybody would read it.

    Raises:
        RepositoryError: it cannot be read.
    """
    try:
        with file.open("rb") as stream:
            return stream.read(_MOST_BYTES).decode("utf-8", "replace")
    except OSError as error:
        raise RepositoryError(f"cannot read {file}: {error.strerror}") from error
