"""A text that somebody types into an editor below which comments say what it is about."""

from __future__ import annotations

from collections.abc import Iterable

_MARK = "#"


def template(about: Iterable[str]) -> str:
    """What the editor opens: room for the text, then comments.

    Args:
        about: lines that help to write it.
    """
    comments = [f"{_MARK} {line}".rstrip() for line in about]
    return "\n".join(["", "", *comments, ""])


def typed(content: str) -> str:
    """The text without comments, as one line; empty if nothing was written."""
    lines = [line for line in content.splitlines() if not line.startswith(_MARK)]
    return " ".join(" ".join(lines).split())
