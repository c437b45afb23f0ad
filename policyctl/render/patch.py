"""One file's change as a patch that ``git apply`` takes, drawn as git draws it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence

from policyctl.core.frozen import frozen

_ENDING = b"\n\\ No newline at end of file\n"
_RESET = b"\x1b[m"
_COLOURS = {b"@": b"\x1b[36m", b"+": b"\x1b[32m", b"-": b"\x1b[31m"}
_BOLD = b"\x1b[1m"
_PLAIN_LINES = 3
_HEADERS = 2
_ESCAPES = {0x07: "a", 0x08: "b", 0x09: "t", 0x0A: "n", 0x0B: "v", 0x0C: "f", 0x0D: "r"}


@frozen
class Blob:
    """A file on one side of a change.

    Attributes:
        name: its path from the top of the repository.
        content: its bytes; None where there is no such file.
        mode: as git writes it, such as ``100644``.
        oid: what git calls these bytes.
    """

    name: str
    content: bytes | None
    mode: str
    oid: str


def render(before: Blob, after: Blob, *, extended: str = "", coloured: bool = False) -> bytes:
    """The patch, or nothing where the two are the same.

    Args:
        before: the file as it was.
        after: the file as it is.
        extended: what git says of a rename, a line each.
        coloured: whether to draw it as git does on a terminal.
    """
    body = list(_body(before, after))
    if not body and before.mode == after.mode and not extended:
        return b""
    header = [f"diff --git {_quoted(f'a/{before.name}')} {_quoted(f'b/{after.name}')}"]
    header += extended.splitlines() if extended else _modes(before, after)
    lines = [f"{line}\n".encode() for line in header]
    if not coloured:
        return b"".join([*lines, *body])
    painted = [_painted(line, _BOLD) for line in (*lines, *body[:_HEADERS])]
    painted += [_painted(line, _COLOURS.get(line[:1], b"")) for line in body[_HEADERS:]]
    return b"".join(painted)


def _modes(before: Blob, after: Blob) -> list[str]:
    index = f"index {before.oid}..{after.oid}"
    if before.content is None:
        return [f"new file mode {after.mode}", index]
    if after.content is None:
        return [f"deleted file mode {before.mode}", index]
    if before.mode != after.mode:
        return [f"old mode {before.mode}", f"new mode {after.mode}", index]
    return [f"{index} {before.mode}"]


def _body(before: Blob, after: Blob) -> Iterator[bytes]:
    old = "/dev/null" if before.content is None else _ended(f"a/{before.name}")
    new = "/dev/null" if after.content is None else _ended(f"b/{after.name}")
    found = difflib.diff_bytes(
        difflib.unified_diff,
        _lines(before.content),
        _lines(after.content),
        old.encode(),
        new.encode(),
        n=_PLAIN_LINES,
    )
    for line in found:
        yield line if line.endswith(b"\n") else line + _ENDING


def _lines(content: bytes | None) -> Sequence[bytes]:
    """The lines with their ends: those that git knows, so a lone CR ends none."""
    parts = (content or b"").split(b"\n")
    return [part + b"\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def _painted(line: bytes, colour: bytes) -> bytes:
    if not colour:
        return line
    text, end = (line[:-1], b"\n") if line.endswith(b"\n") else (line, b"")
    return colour + text + _RESET + end


def _ended(path: str) -> str:
    """A path at the end of a line: git puts a tab behind one with a space in it."""
    return _quoted(path) + ("\t" if any(letter.isspace() for letter in path) else "")


def _quoted(path: str) -> str:
    """A path as git writes it in a patch: quoted where it holds what a line cannot."""
    raw = path.encode("utf-8", "surrogateescape")
    if all(_is_plain(byte) for byte in raw):
        return path
    return '"' + "".join(_escaped(byte) for byte in raw) + '"'


def _is_plain(byte: int) -> bool:
    return chr(byte).isascii() and chr(byte).isprintable() and byte not in b'"\\'


def _escaped(byte: int) -> str:
    if _is_plain(byte):
        return chr(byte)
    if byte in b'"\\':
        return f"\\{chr(byte)}"
    return f"\\{_ESCAPES[byte]}" if byte in _ESCAPES else f"\\{byte:03o}"
