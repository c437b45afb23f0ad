"""A screen that is drawn again and again until somebody ends it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from rich.console import Console
from rich.text import Text

from policyctl.cli.terminal import is_coloured, width
from policyctl.render.lines import Line, drawn, line, plain

T = TypeVar("T")


def watched(look: Callable[[], T], draw: Callable[[T, int], Sequence[Line]], every: int) -> None:
    """Show what is found, and look again, until Ctrl-C.

    Args:
        look: finds what is shown; what it raises ends the watch.
        draw: the same as lines, given the terminal's width.
        every: seconds between two looks.
    """
    console = Console(no_color=not is_coloured(), highlight=False)
    try:
        with console.screen(hide_cursor=True) as screen:
            while True:
                screen.update(_page(draw(look(), width()), console.height))
                time.sleep(every)
    except KeyboardInterrupt:
        return


def _page(lines: Sequence[Line], height: int) -> Text:
    """As much as fits the screen, and how much does not."""
    columns = width()
    text = drawn(lines, columns) if is_coloured() else plain(lines)
    rows = text.splitlines()
    if len(rows) > height:
        left = len(rows) - height + 1
        more = plain([line(f"… {left} more lines: a higher terminal, --due or --stage")])
        rows = [*rows[: height - 1], more.rstrip("\n")]
    return Text.from_ansi("\n".join(rows))
