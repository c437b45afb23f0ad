"""Files in a repository's folder of hooks, among those of others."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from policyctl.adapters.git_location import GitLocation
from policyctl.adapters.git_process import GitProcess
from policyctl.errors import RepositoryError, UsageError

MARK = "# Written by 'policyctl hook install'"
_MOST_CHARACTERS = 1024 * 1024


def hooks_folder(location: GitLocation, command: str) -> Path:
    """The folder in which git looks for hooks.

    Args:
        location: the repository.
        command: what a hook elsewhere should run.

    Raises:
        UsageError: settings say that hooks stand in another place, which is not ours to write to.
    """
    process = GitProcess(location)
    for scope in ("--local", "--global", "--system"):
        with suppress(RepositoryError):
            found = process.text("config", scope, "--get", "core.hooksPath", as_user=True)
            raise UsageError(
                f"core.hooksPath ({scope[2:]}) says that hooks are in {found}",
                hint=f"let the hook there run '{command}', or unset it",
            )
    return location.common_dir / "hooks"


def is_ours(file: Path) -> bool:
    """True if policyctl wrote a hook.

    Raises:
        RepositoryError: it cannot be read.
    """
    if file.is_symlink() or not file.is_file():
        return False
    try:
        with file.open(encoding="utf-8", errors="replace") as stream:
            return MARK in stream.read(_MOST_CHARACTERS)
    except OSError as error:
        raise RepositoryError(f"cannot read {file}: {error.strerror}") from error


def write_hook(file: Path, text: str) -> None:
    """Put a hook in its place, whole or not at all.

    Raises:
        RepositoryError: it cannot be written.
    """
    beside = file.with_name(f".{file.name}.policyctl-{os.getpid()}")
    try:
        file.parent.mkdir(exist_ok=True)
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.chmod(0o755)
        beside.replace(file)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise RepositoryError(f"cannot write {file}: {error.strerror}") from error
