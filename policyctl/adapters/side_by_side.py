"""Runs pieces of one piece of work side by side, in processes that never outlive this one."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Generic, NoReturn, TypeVar

_T = TypeVar("_T")
_PIECE = 2**16
_LENGTH = 8
_LOOK_EVERY = 0.5
"""Seconds between two looks of a helper at whether it is still wanted."""


def processors() -> int:
    """How many processes can run side by side here; 1 where it is not safe to make copies."""
    if sys.platform != "linux" or threading.active_count() > 1:
        return 1
    return len(os.sched_getaffinity(0))


def all_results(pieces: Sequence[Callable[[], _T]]) -> list[_T]:
    """The results of all pieces, in their order, as if each had been run here, one by one.

    The first runs here, each other in a process of its own. Where that comes to nothing, whether
    the piece raised something or the process was killed, the piece is run again here: so errors
    come out as usual, and those of an earlier piece first.
    """
    helpers: list[_Helper[_T]] = []
    try:
        helpers += (_Helper(piece) for piece in pieces[1:])
        found = [pieces[0]()]
        for helper, piece in zip(helpers, pieces[1:], strict=True):
            results = helper.results()
            found.append(results[0] if results else piece())
        return found
    finally:
        for helper in helpers:
            helper.end()


class _Helper(Generic[_T]):
    """A process that runs one piece of work."""

    def __init__(self, work: Callable[[], _T]) -> None:
        parent = os.getpid()
        self._results, sink = os.pipe()
        self._process = os.fork()
        if self._process == 0:
            _help(work, sink, parent)
        os.close(sink)

    def results(self) -> list[_T]:
        """What the work returned, alone in a list; nothing if there is no result."""
        content = bytearray()
        while piece := os.read(self._results, _PIECE):
            content += piece
        if len(content) != _LENGTH + int.from_bytes(content[:_LENGTH], "big"):
            return []
        # Not from outside: these are the bytes of a copy of this very process.
        return [pickle.loads(memoryview(content)[_LENGTH:])]  # noqa: S301

    def end(self) -> None:
        """Stop the process if it still runs, and wait until it is gone."""
        os.close(self._results)
        os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)


def _help(work: Callable[[], _T], sink: int, parent: int) -> NoReturn:
    """Do the work in a process of its own, write down the result, and end."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # the first process says what there is to say
        _end_with(parent)
        content = pickle.dumps(work())
        rest = memoryview(len(content).to_bytes(_LENGTH, "big") + content)
        while rest:
            rest = rest[os.write(sink, rest) :]
    finally:
        # Whatever happened: neither the caller's stack nor its output are this process's to finish.
        os._exit(0)


def _end_with(parent: int) -> None:
    """Look from time to time whether the first process is still there, and end if it is not."""

    def look(*_: object) -> None:
        if os.getppid() != parent:
            os._exit(1)

    signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, _LOOK_EVERY, _LOOK_EVERY)
