"""The bytes of a document, and how many there may be."""

from __future__ import annotations

import os

from policyctl.adapters.plain_paths import content_of, is_file, is_link
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


def read_kept(path: str, *, file: str) -> bytes:
    """The content of a file that stands in a folder and was not named by anybody.

    A clone can bring a link that leads to a device or a pipe, which would never end.

    Args:
        path: where it is.
        file: how messages name it.

    Raises:
        InputError: it cannot be read, is not a regular file, or is larger than a document may be.
    """
    if not is_file(path) and is_link(path):
        raise InputError(f"cannot read {file}: it is a link, and leads to no regular file")
    return read(path, file=file)
