"""The ids of controls, whatever their spelling: prefix and numbers."""

from __future__ import annotations

import re

Key = tuple[str, tuple[int, ...]]
"""An id without its spelling: prefix in capitals, and numbers."""

LONGEST = 60
"""The most characters of an id that are looked at."""

_ID = re.compile(r"([A-Za-z][A-Za-z.]*?)[-_. ]*([0-9]+(?:\.[0-9]+)*)(?:-([0-9]{3}))?\Z")
_WITH_EDITION = re.compile(r"(.+?)[:/-](20[0-9]{2})\Z")
_ACTION = re.compile(r"(.+\.[0-9]+)-[0-9]{3}\Z")


def key_of(control: str) -> Key | None:
    """The id without its spelling; None if it is nothing like an id."""
    found = _ID.match(control) if len(control) <= LONGEST else None
    if found is None:
        return None
    numbers = [*found[2].split("."), *([found[3]] if found[3] else [])]
    return found[1].upper(), tuple(map(int, numbers))


def edition_of(control: str) -> tuple[str, str]:
    """The id without the edition that it names (``LLM03:2025``), and the edition or nothing."""
    found = _WITH_EDITION.match(control)
    return (found[1], found[2]) if found else (control, "")


def without_action(control: str) -> str:
    """The subcategory that an action's id (``GV-1.1-001``) begins with; empty if it is none."""
    found = _ACTION.match(control)
    return found[1] if found else ""
