"""A page in pieces, to a file or to standard output."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import typer

from policyctl.adapters.whole_file import write_pieces
from policyctl.cli.output import write_bytes

_MIB = 1 << 20


def write_page(out: str, pieces: Iterable[str]) -> None:
    """Write a page, and say where and how large on standard error.

    Args:
        out: the file, of which nothing is seen before it is complete; ``-`` is standard output.
        pieces: the page.

    Raises:
        InputError: it cannot be written.
    """
    encoded = (piece.encode() for piece in pieces)
    if out == "-":
        for piece in encoded:
            write_bytes(piece)
        return
    target = Path(out)
    size = write_pieces(target, encoded)
    shown = f"{size / _MIB:.1f} MiB" if size >= _MIB else f"{size >> 10} KiB"
    typer.echo(f"{target.as_posix()}: {shown}", err=True)
