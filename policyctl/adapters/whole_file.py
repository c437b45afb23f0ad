"""Writes a file whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from policyctl.errors import InputError


def write_whole(path: Path, content: bytes) -> None:
    """Put these bytes at ``path``, in place of a file that may be there, as one step.

    Raises:
        InputError: they cannot be written; what was there still is.
    """
    beside = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(beside).chmod(0o644)
        Path(beside).replace(path)
    except OSError as error:
        if beside:
            Path(beside).unlink(missing_ok=True)
        raise InputError(f"cannot write {path}: {error.strerror}") from error
