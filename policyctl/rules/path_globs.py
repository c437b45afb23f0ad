"""Globs of paths in a repository, as ``policyctl.toml`` has them."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase


def matches(path: str, glob: str) -> bool:
    """True if a glob fits all of a path.

    Args:
        path: relative, with forward slashes.
        glob: ``*`` and ``?`` stay within one step of the path; a step ``**`` stands for any
            number of steps, at its end for at least one.
    """
    steps = path.split("/")
    # The numbers of steps that the glob has fitted so far; each step of it moves them on.
    fitted = {0}
    parts = glob.split("/")
    for position, part in enumerate(parts):
        last = position == len(parts) - 1
        if part == "**":
            fitted = set(range(min(fitted) + last, len(steps) + 1))
        else:
            fitted = {
                count + 1
                for count in fitted
                if count < len(steps) and fnmatchcase(steps[count], part)
            }
        if not fitted:
            return False
    return len(steps) in fitted


def fits_any(path: str, globs: Iterable[str]) -> bool:
    """True if one of the globs fits the path."""
    return any(matches(path, glob) for glob in globs)
