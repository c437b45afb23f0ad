"""A decider that follows its file: a new policy counts as soon as its file is in place."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from datetime import datetime
from os import PathLike
from time import monotonic

from policyctl.core.decision import Decision
from policyctl.core.levels import Level
from policyctl.core.sides import Direction
from policyctl.decide.decider import Decider
from policyctl.decide.loading import load
from policyctl.errors import InputError, PolicyctlError, RefusedError

_LOG = logging.getLogger(__name__)
_State = tuple[int, int, int] | None
"""What tells one content of a file from another: time of change, size, place on the disk."""


class Followed:
    """Decides by the policy that a file holds at the time; any number of threads may share it.

    Put a new file in place by renaming: half a file is never read then. One that cannot be used
    changes nothing, because a protection that goes away unnoticed is worse than one that is late;
    `problem` says why, and a warning is logged. An older entry than the present one is refused:
    the way back to an earlier stage is a new entry.

    Attributes:
        problem: why the file is not followed as it is, or empty.
    """

    def __init__(
        self,
        path: str | PathLike[str],
        *,
        every: float = 1.0,
        drafts: bool = False,
        require: Callable[[Decider], object] | None = None,
    ) -> None:
        """Open a compiled policy.

        Args:
            path: of the file.
            every: seconds between two looks at the file.
            drafts: whether a policy that nobody approved may decide.
            require: raises a `PolicyctlError` for a policy that cannot be used here.

        Raises:
            InputError: there is no such file, or it is no compiled policy.
            RefusedError: it is a draft.
        """
        self.problem = ""
        self._path = os.fspath(path)
        self._every = every
        self._drafts = drafts
        self._lock = threading.Lock()
        self._state = _state(self._path)
        self._next = monotonic() + every
        self._require = require
        self._decider = self._loaded()

    @property
    def decider(self) -> Decider:
        """What decides now; keep it for all detections that belong together."""
        if monotonic() >= self._next and self._lock.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._lock.release()
        return self._decider

    def decide(
        self,
        detector: str,
        direction: Direction | str,
        level: Level | str | None,
        *,
        app: str = "",
        key: str = "",
        cohort: str = "",
        time: datetime | None = None,
    ) -> Decision:
        """What the policy does with one detection, as `Decider.decide`."""
        return self.decider.decide(
            detector, direction, level, app=app, key=key, cohort=cohort, time=time
        )

    def _look(self) -> None:
        self._next = monotonic() + self._every
        state = _state(self._path)
        if state == self._state:
            return
        self._state = state
        try:
            self._decider, self.problem = self._successor(), ""
        except PolicyctlError as error:
            self.problem = error.message
            _LOG.warning("%s stays in force: %s", self._decider, error.message)

    def _successor(self) -> Decider:
        found, present = self._loaded(), self._decider
        if found.policy.id != present.policy.id:
            raise InputError(f"the file is of '{found.policy.id}', not '{present.policy.id}'")
        if found.entry < present.entry:
            raise RefusedError(f"entry {found.entry} is older than entry {present.entry}")
        return found

    def _loaded(self) -> Decider:
        found = load(self._path, drafts=self._drafts)
        if self._require is not None:
            self._require(found)
        return found


def _state(path: str) -> _State:
    try:
        found = os.stat(path)  # noqa: PTH116  a Path would cost more than the question
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
