"""The user's own repository: who they are, what they are in the middle of, what they changed.

Only settings are read through GitPython here. What a policy or the ledger says is read by
``git_objects``, and so are the states of files: ``git status`` would run the filters of a
repository.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from policyctl.adapters.git_location import GitLocation, find
from policyctl.adapters.git_objects import ObjectStore, TreeEntry
from policyctl.adapters.git_process import installed_git
from policyctl.adapters.object_ids import blob_id
from policyctl.core.frozen import frozen
from policyctl.errors import RepositoryError
from policyctl.usecases.ports import Person

# GitPython runs the git that it finds as soon as it is imported; by its bare name that could be a
# program of the repository, where the search path holds a relative folder.
os.environ["GIT_PYTHON_GIT_EXECUTABLE"] = installed_git()
try:
    from git import Git
    from git.exc import CommandError
except ImportError as error:  # GitPython refuses to be imported where there is no git
    raise RepositoryError("git was not found", hint="install git 2.34 or newer") from error

_ABSENT = 1
_LINK = "120000"
_IN_PROGRESS = (
    ("rebase-merge", "a rebase"),
    ("rebase-apply", "a rebase"),
    ("MERGE_HEAD", "a merge"),
    ("CHERRY_PICK_HEAD", "a cherry-pick"),
    ("REVERT_HEAD", "a revert"),
    ("sequencer", "a cherry-pick"),
    ("BISECT_LOG", "a bisect"),
)


@frozen
class Workspace:
    """The working tree that a person runs policyctl in."""

    location: GitLocation

    @classmethod
    def open(cls, start: Path) -> Self:
        """The workspace that holds ``start``.

        Raises:
            RepositoryError: ``start`` is not in a git repository.
        """
        return cls(location=find(start))

    @classmethod
    def init(cls, path: Path, branch: str = "main") -> Self:
        """Make a repository in the folder ``path``, whose first branch will be ``branch``.

        Raises:
            RepositoryError: git could not make it.
        """
        top = path.resolve()
        git_dir = top / ".git"
        location = GitLocation(work_tree=top, git_dir=git_dir, common_dir=git_dir)
        try:
            top.mkdir(parents=True, exist_ok=True)
            Git(top).init(initial_branch=branch, quiet=True, env=_pinned(location))
        except (CommandError, OSError) as error:
            raise RepositoryError(f"cannot make a repository in {path}: {_said(error)}") from error
        return cls.open(top)

    def identity(self) -> Person | None:
        """Who git would name as a commit's author, or None if git was never told."""
        name = os.environ.get("GIT_AUTHOR_NAME") or self.setting("author.name", "user.name")
        email = os.environ.get("GIT_AUTHOR_EMAIL") or self.setting("author.email", "user.email")
        return Person(name=name, email=email) if name and email else None

    def signing_key(self) -> str | None:
        """What ``user.signingkey`` says: a file, a key, or the name of a GPG key."""
        return self.setting("user.signingkey")

    def signs_commits(self) -> bool:
        """True if the user wants every commit signed."""
        return self._config("--type=bool", "--get", "commit.gpgsign") == "true"

    def in_progress(self) -> str | None:
        """What git is in the middle of, such as ``a merge``, or None."""
        git_dir = self.location.git_dir
        return next((words for name, words in _IN_PROGRESS if (git_dir / name).exists()), None)

    def changes(self, paths: Sequence[str]) -> dict[str, str]:
        """What differs from the last commit at and below ``paths``, with a word for each file.

        The words are ``conflicted``, ``untracked`` (ignored files too), ``deleted``, ``modified``
        (since it was staged, if it was) and ``staged``. A file that differs only in the line
        endings of a checkout counts as unchanged.

        Raises:
            RepositoryError: the repository or a file cannot be read.
        """
        if not paths:  # to git, no path means every path
            return {}
        with ObjectStore(self.location) as store:
            committed = store.tree(store.head(), paths) if _has_commit(store) else {}
            staged = store.index(paths)
            every = {*committed, *staged, *_files(self.location.work_tree, paths)}
            words = {
                path: self._word(path, committed.get(path), staged.get(path))
                for path in sorted(every)
            }
        return {path: word for path, word in words.items() if word}

    def _word(self, path: str, committed: TreeEntry | None, staged: TreeEntry | None) -> str:
        file = self.location.work_tree / path
        if staged is None:
            if not _is_there(file):
                return "deleted" if committed else ""
            return "staged" if committed else "untracked"
        if staged.kind == "conflict":
            return "conflicted"
        if staged.kind != "commit" and not _is_there(file):
            return "deleted"
        if staged.kind != "commit" and not _same(file, staged):
            return "modified"
        return "" if staged == committed else "staged"

    def settings(self, name: str) -> tuple[str, ...]:
        """Every value of a setting of git that may be given more than once.

        Raises:
            RepositoryError: git cannot read it.
        """
        return tuple((self._config("--get-all", name) or "").splitlines())

    def setting(self, *names: str) -> str | None:
        """The first of these settings of git, the user's own included, that is not empty.

        Raises:
            RepositoryError: git cannot read them.
        """
        return next((value for name in names if (value := self._config("--get", name))), None)

    def _config(self, *arguments: str) -> str | None:
        try:
            said = Git(self.location.work_tree).config(*arguments, env=_pinned(self.location))
        except CommandError as error:
            if error.status == _ABSENT:
                return None
            raise RepositoryError(f"git's settings cannot be read: {_said(error)}") from error
        return str(said)


def _pinned(location: GitLocation) -> dict[str, str]:
    """Variables that name this repository: inside a hook the inherited ones name another."""
    return {
        "GIT_DIR": str(location.git_dir),
        "GIT_COMMON_DIR": str(location.common_dir),
        "GIT_WORK_TREE": str(location.work_tree),
        "GIT_INDEX_FILE": str(location.git_dir / "index"),
        "GIT_OBJECT_DIRECTORY": str(location.common_dir / "objects"),
        # What `git -c` and CI systems export belongs to the repository of the git that runs us.
        "GIT_CONFIG_COUNT": "0",
        "GIT_CONFIG_PARAMETERS": "",
        "LC_ALL": "C",
    }


def _has_commit(store: ObjectStore) -> bool:
    try:
        store.head()
    except RepositoryError:
        return False
    return True


def _files(work_tree: Path, paths: Sequence[str]) -> set[str]:
    """The files in the working tree at and below ``paths``; links are not followed."""
    found = set()
    for path in paths:
        top = work_tree / path
        if _is_there(top) and (top.is_symlink() or not top.is_dir()):
            found.add(path)
            continue
        for folder, names, files in os.walk(top):
            links = [name for name in names if Path(folder, name).is_symlink()]
            found.update(
                Path(folder, name).relative_to(work_tree).as_posix()
                for name in files + links
                if name != ".git"
            )
            names[:] = [name for name in names if name != ".git"]
    return found


def _is_there(file: Path) -> bool:
    return os.path.lexists(file)


def _same(file: Path, entry: TreeEntry) -> bool:
    """True if the file in the working tree holds what the index says."""
    try:
        mode = file.lstat().st_mode
        if stat.S_ISLNK(mode) and entry.mode == _LINK:
            return blob_id(os.fsencode(file.readlink()), len(entry.oid)) == entry.oid
        if not stat.S_ISREG(mode) or entry.mode == _LINK:
            return False
        content = file.read_bytes()
    except OSError as error:
        raise RepositoryError(f"cannot read {file}: {error.strerror}") from error
    spellings = (content, content.replace(b"\r\n", b"\n"))
    return any(blob_id(spelling, len(entry.oid)) == entry.oid for spelling in spellings)


def _said(error: CommandError | OSError) -> str:
    if isinstance(error, OSError):
        return error.strerror or "no reason given"
    # GitPython keeps what git said as "\n  stderr: '…'".
    text = error.stderr.strip().removeprefix("stderr: '").removesuffix("'")
    lines = (line.strip() for line in text.splitlines())
    return "; ".join(line for line in lines if line) or "no reason given"
