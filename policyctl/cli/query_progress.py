"""How far a long query has come, on a terminal and nowhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent import futures
from typing import TypeVar

_PATIENCE = 1.0
"""Seconds after which a bar says more than silence."""

_STEP = 0.1
_WHOLE = 100

T = TypeVar("T")


def query_shown(work: Callable[[], T], progress: Callable[[], float]) -> T:
    """Run some work, with a bar on standard error once it takes long.

    Args:
        work: what takes long; it runs in a thread of its own.
        progress: how far it has come, from 0 to 100, or less than 0 where that is not known.
    """
    pool = futures.ThreadPoolExecutor(1)
    try:
        # In this thread an engine's query would not let go of Ctrl-C before it is done.
        future = pool.submit(work)
        if not sys.stderr.isatty():
            return future.result()
        return future.result() if _is_done(future, _PATIENCE) else _drawn(future, progress)
    finally:
        pool.shutdown(wait=False)  # whoever interrupts this ends the work, too


def _drawn(future: futures.Future[T], progress: Callable[[], float]) -> T:
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("counting records", total=_WHOLE)
        while not _is_done(future, _STEP):
            shown.update(task, completed=max(0.0, progress()))
    return future.result()


def _is_done(future: futures.Future[T], seconds: float) -> bool:
    try:
        future.exception(seconds)
    except futures.TimeoutError:
        return False
    return True
