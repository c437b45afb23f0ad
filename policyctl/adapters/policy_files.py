"""Finds and reads the policy files that a command is about."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from policyctl.adapters.yaml_files import read
from policyctl.core import paths
from policyctl.errors import InputError, NotJudgedError


def policy_files(
    named: Sequence[str], here: Path, folder: Path | None
) -> Iterator[tuple[str, bytes]]:
    """The files that were named, with the names that findings show, and their bytes.

    Args:
        named: files and folders; a folder stands for every ``.yaml`` below it. If nothing is
            named, the policies of the governed folder, or of the present one.
        here: the present folder.
        folder: the governed folder, or None.

    Raises:
        InputError: a file cannot be read.
        NotJudgedError: there is nothing to read.
    """
    starts = [Path(name) for name in named] or [(folder or here) / paths.POLICIES]
    count = 0
    for start in starts:
        for path in _below(start, given=bool(named)):
            name = _shown(path, here)
            yield name, read(path, file=name)
            count += 1
    if not count:
        where = ", ".join(named) or paths.POLICIES
        raise NotJudgedError(f"there is no policy file in {where}", hint="policyctl new ID …")


def _below(start: Path, *, given: bool) -> list[Path]:
    if start.is_dir():
        return sorted(path for path in start.rglob("*.yaml") if path.is_file())
    if not given and not start.exists():
        return []
    return [start]


def _shown(path: Path, here: Path) -> str:
    try:
        return path.resolve().relative_to(here.resolve()).as_posix()
    except (ValueError, OSError):
        return path.as_posix()


def read_policy(name: str, here: Path, folder: Path | None) -> tuple[str, bytes]:
    """The name and bytes of one policy, given its id or path.

    Raises:
        InputError: there is no such file.
    """
    given = Path(name)
    path = given if given.suffix == ".yaml" else (folder or here) / paths.policy_path(name)
    shown = _shown(path, here)
    if not path.exists():
        near = sorted(item.stem for item in path.parent.glob("*.yaml"))
        hint = f"there are: {', '.join(near)}" if near else "policyctl new ID …"
        raise InputError(f"there is no {shown}", hint=hint)
    return shown, read(path, file=shown)


def replace_file(path: Path, content: bytes) -> None:
    """Put ``content`` in the place of a file, whole or not at all.

    Raises:
        InputError: it cannot be written; the old file stands.
    """
    beside = path.with_name(f".{path.name}.policyctl-{os.getpid()}")
    try:
        beside.write_bytes(content)
        shutil.copymode(path, beside)
        beside.replace(path)
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}") from error
    finally:
        beside.unlink(missing_ok=True)
