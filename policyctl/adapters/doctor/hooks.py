"""The hook and the drivers that `hook install` sets up in a clone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from policyctl.adapters.commit_hook import hook_places, hook_text
from policyctl.adapters.git_drivers import driver_commands
from policyctl.adapters.git_repo import Workspace
from policyctl.adapters.hook_files import is_ours
from policyctl.adapters.own_program import own_program
from policyctl.core.layout import ATTRIBUTES, DRIVER_ATTRIBUTE
from policyctl.usecases.doctor import Check, advice, fine, repair

_INSTALL = "policyctl hook install"
_HOOK, _DRIVERS = "commit-msg hook", "git's drivers"
_MAX_FILE = 1024 * 1024


def hook_checks(workspace: Workspace) -> Iterator[Check]:
    """Whether a commit that leaves something out of the ledger is explained before it is made."""
    named = workspace.setting("core.hooksPath")
    if named:
        yield _elsewhere(workspace, named)
        return
    hook = next(
        (file for file in hook_places(workspace.location.common_dir / "hooks") if is_ours(file)),
        None,
    )
    if hook is None:
        yield advice(_HOOK, "it is not installed in this clone", _INSTALL)
    elif not os.access(hook, os.X_OK):
        yield repair(_HOOK, f"{hook} cannot be executed, so git passes over it", _INSTALL)
    elif hook.read_bytes() != hook_text(own_program()).encode():
        yield advice(_HOOK, f"{hook} was written by another policyctl than this", _INSTALL)
    else:
        yield fine(_HOOK, "what a commit leaves out of the ledger is explained")


def driver_checks(workspace: Workspace) -> Iterator[Check]:
    """Whether git shows policies in policy terms, where the repository asks for that."""
    if not _is_declared(workspace.location.work_tree / ATTRIBUTES):
        yield advice(
            _DRIVERS,
            f"{ATTRIBUTES} does not have git show policies in policy terms",
            f"{_INSTALL}, then commit {ATTRIBUTES}",
        )
        return
    wanted = driver_commands(own_program())
    found = {name: workspace.setting(name) for name in wanted}
    missing = [name for name, value in found.items() if value is None]
    if missing:
        said = f"{ATTRIBUTES} names them, and this clone lacks {' and '.join(missing)}"
        yield advice(_DRIVERS, said, _INSTALL)
    elif found != wanted:
        yield advice(_DRIVERS, "they were set up by another policyctl than this", _INSTALL)
    else:
        yield fine(_DRIVERS, "git shows policies in policy terms")


def _elsewhere(workspace: Workspace, named: str) -> Check:
    folder = workspace.location.work_tree / Path(named).expanduser()
    if b"policyctl" in _start(folder / "commit-msg"):
        return fine(_HOOK, f"the hook in {folder} runs policyctl")
    return advice(
        _HOOK,
        f"core.hooksPath says that hooks are in {folder}, where none runs policyctl",
        "have commit-msg there run 'policyctl hook commit-msg \"$1\"', or unset core.hooksPath",
    )


def _is_declared(file: Path) -> bool:
    lines = _start(file).decode("utf-8", "replace").splitlines()
    return any(line.strip() == DRIVER_ATTRIBUTE for line in lines)


def _start(file: Path) -> bytes:
    if not file.is_file():  # opening a pipe would wait for somebody
        return b""
    try:
        with file.open("rb") as stream:
            return stream.read(_MAX_FILE)
    except OSError:
        return b""
