"""What was probably meant by a name that nothing has."""

from __future__ import annotations

from collections.abc import Iterable

from policyctl.core.likeness import close_matches

_LONGEST = 80
_MOST_LISTED = 10


def suggestion(name: str, known: Iterable[str]) -> str:
    """A hint: the nearest name, else all names where there are few, else nothing."""
    names = sorted(known)
    alike = {_plain(one): one for one in names}
    near = close_matches(_plain(name[:_LONGEST]), alike, n=1, cutoff=0.6)
    if near:
        return f"did you mean '{alike[near[0]]}'?"
    return f"one of: {', '.join(names)}" if 0 < len(names) <= _MOST_LISTED else ""


def _plain(name: str) -> str:
    return name.lower().replace("_", "-")
