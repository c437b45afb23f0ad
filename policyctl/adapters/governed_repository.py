"""The user's repository as the use cases see it: read by objects, written by one commit."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Self

from policyctl.adapters.git_repo import Workspace
from policyctl.adapters.git_writing import NewCommit, WritableStore
from policyctl.adapters.governed_files import GovernedFiles
from policyctl.adapters.whole_change import settle, write_change
from policyctl.core.canonical import sha256
from policyctl.core.paths import PolicyFile, place_of
from policyctl.core.snapshot import Snapshot
from policyctl.errors import RepositoryError
from policyctl.usecases.ports import Person

_LOG = logging.getLogger(__name__)
_CURES = {
    "untracked": "move it elsewhere: git does not know it, and could not bring it back",
    "deleted": "git restore {path}",
}
"""What to do about a file that is in the way, where the word for it leaves no choice."""


class GovernedRepository:
    """Satisfies `ports.Repository`; the branch and its commit are read once, when it is opened.

    A change that was interrupted is brought to its end before that: a git command that outlived a
    killed policyctl may be about to move the branch.
    """

    def __init__(self, workspace: Workspace, store: WritableStore) -> None:
        self._workspace = workspace
        self._store = store
        with suppress(RepositoryError):  # whoever only reads need not care; whoever writes, asks
            self._settle()
        self._branch = store.branch()
        self._head = store.head() if self._has_commit() else None

    @classmethod
    def open(cls, start: Path) -> Self:
        """The repository that holds ``start``.

        Raises:
            RepositoryError: there is none.
        """
        workspace = Workspace.open(start)
        return cls(workspace, WritableStore(workspace.location))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._store.close()

    @property
    def folder(self) -> Path:
        """The top of the working tree."""
        return self._workspace.location.work_tree

    @property
    def store(self) -> WritableStore:
        """The objects and refs."""
        return self._store

    @property
    def head(self) -> str:
        """The id of the commit that is checked out.

        Raises:
            RepositoryError: there is no commit yet.
        """
        if self._head is None:
            raise RepositoryError(
                "the repository has no commit yet", hint="run 'policyctl init', which makes one"
            )
        return self._head

    def snapshot(self, under: Sequence[str] | None = None) -> Snapshot:
        """The governed files of the commit that is checked out, or those in these folders."""
        if self._head is None:
            return {}
        folders = None if under is None else [folder.rstrip("/") for folder in under]
        return GovernedFiles(self._store).of_commit(self._head, folders)

    def working_file(self, path: str) -> bytes | None:
        """The bytes of a file of the working tree, or None if there is no regular file.

        A change that was interrupted is brought to its end first.
        """
        self._settle()
        file = self.folder / path
        if file.is_symlink() or not file.is_file():
            return None
        try:
            return file.read_bytes()
        except OSError as error:
            raise RepositoryError(f"cannot read {path}: {error.strerror}") from error

    def require_ready(self, paths: Sequence[str], *, edited: str = "") -> None:
        """Raise `RepositoryError` unless a commit of these paths would lose nobody's work.

        A change that was interrupted is brought to its end first.
        """
        self._settle()
        if self._branch is None:
            raise RepositoryError(
                "no branch is checked out (HEAD is detached)", hint="git switch main"
            )
        doing = self._workspace.in_progress()
        if doing:
            raise RepositoryError(f"{doing} is under way", hint="finish or abort it first")
        asked = [*paths, edited] if edited else [*paths]
        # No path at all would mean every path.
        changes = self._workspace.changes(asked) if asked else {}
        for path, word in changes.items():
            if path != edited:
                place = place_of(path)
                raise RepositoryError(
                    f"{path} is {word}, and the command would write it",
                    hint=_CURES[word].format(path=path)
                    if word in _CURES
                    else f"policyctl record {place.policy}, or git restore {path}"
                    if isinstance(place, PolicyFile)
                    else f"stash or restore it: git status -- {path}",
                )
            self._require_one_version(path, word)

    def _require_one_version(self, path: str, word: str) -> None:
        if word in ("conflicted", "deleted"):
            raise RepositoryError(f"{path} is {word}", hint=f"git status -- {path}")
        if word != "modified" or self._head is None:
            return
        if self._store.index([path]).get(path) != self._store.tree(self._head, [path]).get(path):
            raise RepositoryError(
                f"{path} was staged and then changed again, so it is unclear which is meant",
                hint=f"git add {path}, or git restore --staged {path}",
            )

    def past_content(self, path: str, digest: str) -> bytes | None:
        """The bytes with this sha256 that the path once had, or None if no commit has them."""
        if self._head is None:
            return None
        for commit in self._store.history(self._head, [path]):
            for place in (commit.id, *commit.parents):
                entry = self._store.tree(place, [path]).get(path)
                content = self._store.blob(entry.oid) if entry else b""
                if entry and sha256(content) == digest:
                    return content
        return None

    def is_upstream(self, path: str) -> bool:
        """Whether the branch's upstream, as it was last fetched, holds this very file."""
        upstream = self._store.upstream(self._branch) if self._branch else None
        if upstream is None or self._head is None:
            return False
        ours, theirs = (
            self._store.tree(commit, [path]).get(path) for commit in (self._head, upstream)
        )
        return theirs is not None and theirs == ours

    def commit(
        self,
        changes: Mapping[str, bytes | None],
        *,
        message: str,
        by: Person,
        now: datetime,
        keep: Collection[str] = (),
    ) -> str:
        """Commit exactly these changes on the branch, and bring the working tree there.

        What others committed since the repository was opened stays, if it has nothing to do with
        these changes; otherwise nothing is changed.
        """
        if self._branch is None:
            raise RepositoryError("no branch is checked out", hint="git switch main")
        wanted = NewCommit(
            ref=self._branch,
            changes=changes,
            message=message,
            author=by,
            now=now,
            sign=self._workspace.signs_commits(),
            keep=keep,
        )
        self._head = write_change(self._store, wanted, judged_on=self._head)
        return self._head

    def _settle(self) -> None:
        settled = settle(self._store)
        if settled is not None and settled.completed:
            _LOG.warning("completed what was interrupted: %s", settled.act)
            for path in settled.kept:
                _LOG.warning("%s was changed since then, and is left as it is", path)

    def identity(self) -> Person | None:
        """Who git says its user is."""
        return self._workspace.identity()

    def signing_key(self) -> str | None:
        """What git's ``user.signingkey`` says."""
        return self._workspace.signing_key()

    def _has_commit(self) -> bool:
        try:
            self._store.head()
        except RepositoryError:
            return False
        return True
