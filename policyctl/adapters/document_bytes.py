"""The bytes of a document, and how many there may be."""

from __future__ import annotations

import os

from policyctl.adapters.plain_paths import content_of
from policyctl.errors import InputError

MAX_BYTES = 2**20


def read(path: str | os.PathLike[str], *, file: str) -> bytes:
    """The content of a file.

    Args:
        path: where it is.
        file: how messages name it.

    Raises:
        InputError: it cannot be read, or is larger than a document may be.
    """
    try:
        content = content_of(os.fspath(path), MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"cannot read {file}: {error.strerror}") from error
    if len(content) > MAX_BYTES:
        raise InputError(f"cannot read {file}: it is larger than {MAX_BYTES // 2**20} MiB")
    return content
