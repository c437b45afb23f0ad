"""The results of drift checks in folders, as ``drift --attest`` leaves them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from policyctl.errors import InputError

_SUFFIX = ".dsse.json"
_LARGEST = 4 * 1024 * 1024
_MOST = 100_000


def applied_files(folders: Sequence[Path]) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each statement directly in these folders, in the order of their names.

    Raises:
        InputError: a folder or a file in it cannot be read.
    """
    for folder in folders:
        try:
            files = sorted(item for item in folder.iterdir() if item.name.endswith(_SUFFIX))
        except OSError as error:
            raise InputError(f"cannot read {folder.as_posix()}: {error.strerror}") from error
        if len(files) > _MOST:
            raise InputError(f"{folder.as_posix()} holds more than {_MOST} statements")
        for file in files:
            if file.is_file():
                yield file.as_posix(), _content(file)


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            content = stream.read(_LARGEST + 1)
    except OSError as error:
        raise InputError(f"cannot read {file.as_posix()}: {error.strerror}") from error
    if len(content) > _LARGEST:
        raise InputError(f"{file.as_posix()} is larger than 4 MiB, which is no comparison")
    return content
