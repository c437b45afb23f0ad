"""Files that are there, whole, after a loss of power."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def write_durably(path: Path, content: bytes) -> None:
    """Put these bytes at ``path`` in one step, to last: a reader sees the old or the new ones.

    Raises:
        OSError: it cannot be written.
    """
    beside = path.with_name(f"{path.name}.new")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    keep((path.parent,))


def create_whole(source: Path, target: Path) -> None:
    """Make ``target`` a second name of ``source``, or a copy where a file cannot have two names.

    Raises:
        FileExistsError: ``target`` is there already; it is left alone.
        OSError: it cannot be made.
    """
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:  # some network and foreign file systems know no second name
        content = source.read_bytes()
        with target.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())


def keep(paths: Iterable[Path]) -> None:
    """Have the disk keep what was written to these files and folders, as far as they are there.

    A file lasts once it and the folder that names it are kept. File systems that cannot promise
    it for a folder are taken as they are.
    """
    for path in paths:
        with suppress(OSError):
            number = os.open(path, os.O_RDONLY)
            try:
                os.fsync(number)
            finally:
                os.close(number)
