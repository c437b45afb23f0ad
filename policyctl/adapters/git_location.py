"""Where a repository is, found without asking git."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from policyctl.core.frozen import frozen
from policyctl.errors import RepositoryError

_MAX_LINK_FILE = 4096


@frozen
class GitLocation:
    """Where a repository is, found without asking git.

    Attributes:
        work_tree: the folder that holds ``.git``; of a bare repository, the repository itself.
        git_dir: what belongs to this working tree: ``HEAD``, the index, a merge under way.
        common_dir: what linked worktrees share: objects, refs, configuration.
        quarantine: the folder in which git keeps the objects of a push that is not yet accepted.
        index: what a commit under way is made of, where that is not the working tree's own index.
    """

    work_tree: Path
    git_dir: Path
    common_dir: Path
    quarantine: Path | None = None
    index: Path | None = None


def find(start: Path) -> GitLocation:
    """The repository whose working tree holds ``start``.

    Raises:
        RepositoryError: there is none, or its ``.git`` is not what git itself writes.
    """
    physical = start.resolve()
    for folder in (physical, *physical.parents):
        git_dir = _git_dir(folder)
        if git_dir is not None:
            return GitLocation(work_tree=folder, git_dir=git_dir, common_dir=_common_dir(git_dir))
        if _looks_like_git_dir(folder):
            raise RepositoryError(
                f"{folder} looks like a bare repository",
                hint="run policyctl in a repository with a working tree",
            )
    raise RepositoryError(f"{start} is not in a git repository", hint="run 'git init'")


def find_readable(start: Path) -> GitLocation:
    """The repository whose working tree holds ``start``, or the bare one that ``start`` is.

    A folder among the files of a working tree that looks like a bare repository came with those
    files, and is none.

    Raises:
        RepositoryError: there is none, or its ``.git`` is not what git itself writes.
    """
    folder = start.resolve()
    tracked = any(os.path.lexists(above / ".git") for above in (folder, *folder.parents))
    if folder.name == ".git" or tracked or not _looks_like_git_dir(folder):
        return find(start)
    return find_served(folder)


def find_served(folder: Path) -> GitLocation:
    """The repository that ``folder`` itself is: a bare one, or the ``.git`` of a working tree.

    Raises:
        RepositoryError: it is none.
    """
    git_dir = folder.resolve()
    if not _looks_like_git_dir(git_dir):
        raise RepositoryError(
            f"{folder} is not a git repository", hint="run it in the folder that holds 'objects'"
        )
    return GitLocation(work_tree=git_dir, git_dir=git_dir, common_dir=_common_dir(git_dir))


def _git_dir(folder: Path) -> Path | None:
    """The git directory of a working tree, or None if ``folder`` is not the top of one."""
    dot_git = folder / ".git"
    try:
        mode = dot_git.lstat().st_mode
    except OSError:
        return None
    if stat.S_ISLNK(mode):
        raise RepositoryError(f"{dot_git} is a symbolic link, which git does not write")
    if stat.S_ISDIR(mode):
        return dot_git if _looks_like_git_dir(dot_git) else None
    if not stat.S_ISREG(mode):
        raise RepositoryError(f"{dot_git} is neither a folder nor a file")
    target = _read_link(dot_git)
    if not target.startswith("gitdir: "):
        raise RepositoryError(f"{dot_git} does not say where the repository is")
    # Normalised by text: a link inside would lead elsewhere, and lstat below would not tell.
    git_dir = Path(os.path.normpath(folder / target.removeprefix("gitdir: ")))
    if not _looks_like_git_dir(git_dir):
        raise RepositoryError(
            f"{dot_git} points to {git_dir}, which is not a git directory",
            hint="run 'git worktree repair'",
        )
    return git_dir


def _common_dir(git_dir: Path) -> Path:
    link = git_dir / "commondir"
    if not link.is_file():
        return git_dir
    return Path(os.path.normpath(git_dir / _read_link(link)))


def _read_link(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return os.fsdecode(stream.read(_MAX_LINK_FILE)).rstrip("\r\n")
    except OSError as error:
        raise RepositoryError(f"cannot read {file}: {error.strerror}") from error


def _looks_like_git_dir(folder: Path) -> bool:
    try:
        if not (folder / "HEAD").is_file():
            return False
        shared = _common_dir(folder)
        return (shared / "objects").is_dir() and (shared / "refs").is_dir()
    except OSError:  # a folder that is closed to us
        return False
