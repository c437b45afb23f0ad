"""How far long work has come, on a terminal and nowhere else."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from policyctl.core.history import State

_PATIENCE = 1.0
"""Seconds after which a bar says more than silence."""


def shown(what: str, total: Callable[[], int]) -> Callable[[Iterator[State]], Iterator[State]]:
    """A watch over states, which draws a bar on standard error once the work takes long.

    Args:
        what: what is being done.
        total: how many commits there are; asked only if a bar is drawn.
    """

    def watch(states: Iterator[State]) -> Iterator[State]:
        if not sys.stderr.isatty():
            yield from states
            return
        begin = time.monotonic()
        for state in states:
            yield state
            if time.monotonic() - begin > _PATIENCE:
                break
        else:
            return
        yield from _drawn(states, what, total())

    return watch


@contextmanager
def bytes_shown(what: str, total: int) -> Iterator[Callable[[str, int], None]]:
    """A bar on standard error, if that is a terminal: told a file's name and how far it was read.

    Args:
        what: what is being done.
        total: bytes of all files.
    """
    if not sys.stderr.isatty():
        yield lambda name, size: None  # noqa: ARG005
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    read: dict[str, int] = {}
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    console = Console(stderr=True)
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as progress:
        task = progress.add_task(what, total=total)

        def watch(name: str, size: int) -> None:
            read[name] = size
            progress.update(task, completed=sum(read.values()))

        yield watch


def _drawn(states: Iterator[State], what: str, total: int) -> Iterator[State]:
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=total)
        for state in states:
            yield state
            progress.update(task, completed=state.number)
