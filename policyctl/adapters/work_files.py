"""Files of the working tree: what they hold, and putting bytes in their place in one step."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path, PurePosixPath

from policyctl.adapters.durable import keep
from policyctl.adapters.object_ids import blob_id
from policyctl.errors import RepositoryError

ODD = "odd"
"""Stands for the id of something in a file's place that is no regular file."""


def check_path(path: str) -> None:
    """Raise `RepositoryError` unless git could have this path in a tree."""
    parts = path.split("/")
    if any(part in ("", ".", "..") or part.lower() == ".git" for part in parts) or "\0" in path:
        raise RepositoryError(f"{path!r} is not a path in the repository")


def place_for(work_tree: Path, path: str) -> Path:
    """The file's place, after a look that it can be written there.

    A link on the way would lead somewhere else, and a folder is not replaced by a file.

    Raises:
        RepositoryError: it cannot.
    """
    check_path(path)
    target = work_tree
    for part in PurePosixPath(path).parts[:-1]:
        target = target / part
        if target.is_symlink():
            raise RepositoryError(f"cannot write {path}: {target} is a symbolic link")
        if target.exists() and not target.is_dir():
            raise RepositoryError(f"cannot write {path}: {target} is not a folder")
    target = work_tree / path
    if target.is_dir() and not target.is_symlink():
        raise RepositoryError(f"cannot write {path}: it is a folder")
    return target


def found_at(target: Path, digits: int) -> str | None:
    """The blob that a file would be, None if there is none, or ``ODD`` for anything else.

    Args:
        target: the file.
        digits: how many an object's id has in this repository.

    Raises:
        RepositoryError: it cannot be read.
    """
    try:
        if not stat.S_ISREG(target.lstat().st_mode):
            return ODD
        return blob_id(target.read_bytes(), digits)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise RepositoryError(f"cannot read {target}: {error.strerror}") from error


def same_lines(target: Path, blob: str | None, digits: int) -> bool:
    """True if a file differs from a blob in the line endings of a checkout alone."""
    if blob is None or target.is_symlink() or not target.is_file():
        return False
    return blob_id(target.read_bytes().replace(b"\r\n", b"\n"), digits) == blob


def replace(target: Path, content: bytes) -> None:
    """Put a file with these bytes there; one that is there keeps its permission bits.

    Args:
        target: the file.
        content: its bytes, whatever line endings or filters are configured.

    Raises:
        OSError: it cannot be written.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = beside_of(target)
    beside.unlink(missing_ok=True)
    try:
        with beside.open("xb") as file:
            with suppress(FileNotFoundError):
                before = target.lstat().st_mode
                if stat.S_ISREG(before):
                    os.fchmod(file.fileno(), stat.S_IMODE(before))
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def remove(target: Path, work_tree: Path) -> None:
    """Remove a file, and the folders that are empty without it.

    Raises:
        OSError: it cannot be removed.
    """
    target.unlink(missing_ok=True)
    for folder in target.relative_to(work_tree).parents:
        with suppress(OSError):  # as git does, folders go with their last file
            if folder != Path():
                (work_tree / folder).rmdir()


def beside_of(target: Path) -> Path:
    """Where a file's new bytes stand until they are complete."""
    return target.with_name(f".{target.name}.policyctl-new")


def keep_files(targets: list[Path], work_tree: Path) -> None:
    """Have the disk keep these files' places, up to the top of the working tree."""
    folders = {work_tree / up for file in targets for up in file.relative_to(work_tree).parents}
    keep(sorted(folders))
