"""Being asked to stop, in whatever way, so that nothing half-done stays behind."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def stoppable() -> Iterator[None]:
    """Take ``kill`` and a closed terminal for Ctrl-C, which cleans up.

    Libraries that a signal reaches turn it into errors of their own; it is an interruption still.

    Raises:
        KeyboardInterrupt: the process was asked to stop.
    """
    asked: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        asked.append(number)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in _SIGNALS}
    try:
        yield
    except Exception as error:
        if asked:
            raise KeyboardInterrupt from error
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
