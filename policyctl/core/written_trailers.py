"""Trailers of policyctl in the message of a commit that policyctl does not make."""

from __future__ import annotations

import re

from policyctl.core.frozen import frozen

_TRAILER = re.compile(r"(Policy-[A-Za-z][A-Za-z-]*):[ \t]*(.*)", re.IGNORECASE)
_SCISSORS = re.compile(r"# -+ >8 -+\s*\Z")
_NUMBERED = re.compile(r"([0-9]{1,6}) sha256:([0-9a-f]{64})\s*\Z")
_MOST = 200


@frozen
class WrittenTrailers:
    """What the trailers of a message claim.

    Attributes:
        names: as they are written, each once.
        policies: the ids in ``Policy-Id``.
        entries: number and digest in each ``Policy-Entry``.
        roots: number and digest in each ``Policy-Root``.
    """

    names: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    entries: tuple[tuple[int, str], ...] = ()
    roots: tuple[tuple[int, str], ...] = ()


def written_trailers(message: str) -> WrittenTrailers:
    """The trailers in a message as an editor left it: with comments, and a diff below scissors."""
    found: list[tuple[str, str]] = []
    for line in message.splitlines():
        if _SCISSORS.match(line) or len(found) == _MOST:
            break
        match = _TRAILER.match(line)
        if match:
            found.append((match[1], match[2].strip()))
    return WrittenTrailers(
        names=tuple(dict.fromkeys(name for name, _ in found)),
        policies=tuple(value for name, value in found if name.lower() == "policy-id"),
        entries=_numbered(found, "policy-entry"),
        roots=_numbered(found, "policy-root"),
    )


def _numbered(found: list[tuple[str, str]], wanted: str) -> tuple[tuple[int, str], ...]:
    matches = (_NUMBERED.match(value) for name, value in found if name.lower() == wanted)
    return tuple((int(match[1]), match[2]) for match in matches if match)
