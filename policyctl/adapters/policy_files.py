"""Finds and reads the policy files that a command is about."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from policyctl.adapters.document_bytes import read
from policyctl.adapters.policy_paths import policy_paths, shown_name
from policyctl.core import paths
from policyctl.errors import InputError


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
    where = None if folder is None else str(folder)
    for shown, path in policy_paths(named, str(here), where):
        yield shown, read(path, file=shown)


def read_policy(name: str, here: Path, folder: Path | None) -> tuple[str, bytes]:
    """The name and bytes of one policy, given its id or path.

    Raises:
        InputError: there is no such file.
    """
    given = Path(name)
    path = given if given.suffix == ".yaml" else (folder or here) / paths.policy_path(name)
    shown = shown_name(str(path), str(here))
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
