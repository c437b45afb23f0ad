"""Being asked to stop, in whatever way, and stopping where nothing half-done stays behind.

An exception in the midst of whatever runs just then could hit the very lines that clean up, or a
library that does not expect any. So a signal is only noted, and whoever can stop asks.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stop:
    """Whether somebody asked to stop."""

    def __init__(self) -> None:
        self._asked = False
        self._told: list[Callable[[], None]] = []

    def tell(self, told: Callable[[], None]) -> None:
        """Call this as soon as somebody asks, to end what takes long."""
        self._told.append(told)

    def ask(self) -> None:
        """Ask to stop."""
        self._asked = True
        for told in self._told:
            told()

    def check(self) -> None:
        """Raise `KeyboardInterrupt` if somebody asked."""
        if self._asked:
            raise KeyboardInterrupt


@contextmanager
def stoppable() -> Iterator[Stop]:
    """Note Ctrl-C, ``kill`` and a closed terminal, and leave stopping to the work itself."""
    stop = Stop()

    def noted(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        stop.ask()

    before = {number: signal.signal(number, noted) for number in _SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
