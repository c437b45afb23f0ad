"""The line that says that nothing was found, in parts; it needs nothing else to be loaded."""

from __future__ import annotations


def fine(files: int) -> tuple[str, str]:
    """The word that is coloured, and the rest of the line.

    Args:
        files: how many files were checked.
    """
    return "ok", f": {files} file{'s' if files != 1 else ''}, nothing found"
