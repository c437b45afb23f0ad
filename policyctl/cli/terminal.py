"""What standard output is connected to."""

from __future__ import annotations

import os
import sys

_NARROWEST = 40


def width() -> int:
    """The terminal's width in columns; 80 where there is none."""
    # Not at the top: only a terminal has a width.
    import shutil

    return max(shutil.get_terminal_size((80, 24)).columns, _NARROWEST)


def is_coloured() -> bool:
    """True if standard output takes colours, or the user insists (NO_COLOR, FORCE_COLOR)."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return is_screen()


def somebody_is_there() -> bool:
    """True if a person can be asked: a terminal on both sides, and no CI system around it."""
    return sys.stdin.isatty() and sys.stdout.isatty() and not os.environ.get("CI")


def is_screen() -> bool:
    """True if standard output is a terminal that can be drawn on again."""
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
