"""Paths as text: what pathlib offers, without its share of a start, a quarter of bare Python's."""

# ruff: noqa: PTH100, PTH112, PTH118, PTH120, PTH123, PTH208

from __future__ import annotations

import os

_PIECE = 2**16


def joined(folder: str, name: str) -> str:
    """The path of something in a folder; ``name`` itself if that is absolute."""
    return os.path.join(folder, name)


def above(path: str) -> str:
    """The folder that a path lies in; the root lies in itself."""
    return os.path.dirname(path)


def is_folder(path: str) -> bool:
    """True if there is a folder at the path, or a link to one."""
    return os.path.isdir(path)


def names_in(folder: str) -> list[str]:
    """The names of what a folder holds, in alphabetical order; none if it cannot be read."""
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def content_of(path: str, most: float = float("inf")) -> bytes:
    """The bytes of a file.

    Args:
        path: where it is; also a pipe.
        most: how many bytes to read at least, if there are so many; the rest may be left out.

    Raises:
        OSError: it cannot be read.
    """
    # Unbuffered and in pieces: four times as fast for small files as the usual way.
    with open(path, "rb", buffering=0) as file:
        content = piece = file.read(_PIECE)
        while piece and len(content) < most:
            piece = file.read(_PIECE)
            content += piece
        return content


PACKAGE = above(above(os.path.abspath(__file__)))
"""The folder of the package ``policyctl``; inside a zip file there is none at this path."""
