"""Writes a file that must not be there yet."""

from __future__ import annotations

from pathlib import Path

from policyctl.errors import InputError


def write_new(path: Path, content: bytes) -> None:
    """Create ``path`` with these bytes, or fail and leave what is there.

    Raises:
        InputError: the file exists, or cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError as error:
        raise InputError(
            f"{path.name} exists already", hint="edit it, or choose another id"
        ) from error
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}") from error
