"""One writer at a time in a repository: who, since when, and for what.

Two locks work together. The kernel's own (``flock`` on the git directory) ends with the last
process that holds it, so nothing has to be guessed about who is dead; git commands that change
something inherit it, so one that outlives a killed policyctl is waited for. A file names the owner:
for people, and for machines that share a file system but not a kernel.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from policyctl.adapters.durable import create_whole, keep
from policyctl.adapters.git_location import GitLocation
from policyctl.adapters.running_process import Life, RunningProcess
from policyctl.core.frozen import frozen
from policyctl.errors import RepositoryError

_LOG = logging.getLogger(__name__)
_NAME = "policyctl.lock"
_PAUSE = 0.02  # seconds between two attempts
_PATIENCE = 2.0  # seconds until somebody is told what is waited for
_LONGEST = 30.0  # seconds
_MAX_FILE = 8192
_OLD = 600.0  # seconds after which a person may take a lock from another machine


@frozen
class Owner:
    """Who holds the lock, since when, and for what."""

    process: RunningProcess
    since: str
    act: str

    def __str__(self) -> str:
        """A few words for a message."""
        process = self.process
        return f"'{self.act}' (process {process.pid} on {process.host}, since {self.since})"


@frozen
class LockState:
    """The lock as somebody finds it who only looks.

    Attributes:
        path: the file.
        owner: what it says; None if that cannot be read.
        life: whether the owner runs; None if there is no owner to ask.
        age: seconds since the file was made.
    """

    path: Path
    owner: Owner | None
    life: Life | None
    age: float

    @property
    def is_old(self) -> bool:
        """True if no command takes that long."""
        return self.age > _OLD


@contextmanager
def write_lock(location: GitLocation, act: str) -> Iterator[int | None]:
    """Hold the lock of all worktrees of a repository; they share their branches.

    Args:
        location: the repository.
        act: what it is for, in a few words.

    Yields:
        The file that a command has to inherit which must not outlive the lock, if there is one.

    Raises:
        RepositoryError: somebody else holds it, and did not let go in time.
    """
    folder = location.common_dir
    own = folder / f"policyctl-lock-{secrets.token_hex(8)}"
    owner = Owner(
        process=RunningProcess.current(),
        since=datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC"),
        act=act,
    )
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        own.write_bytes(json.dumps(asdict(owner)).encode("ascii"))
        keep((own,))
        try:
            kernel = _take(folder / _NAME, own, number)
        finally:
            own.unlink(missing_ok=True)
        try:
            yield number if kernel else None
        finally:
            if _read(folder / _NAME) == owner:  # nobody took it from us
                (folder / _NAME).unlink(missing_ok=True)
    except OSError as error:
        raise RepositoryError(f"cannot write {error.filename}: {error.strerror}") from error
    finally:
        os.close(number)


def lock_state(location: GitLocation) -> LockState | None:
    """The lock of a repository, or None if nobody holds it."""
    path = location.common_dir / _NAME
    try:
        age = time.time() - path.lstat().st_mtime
    except OSError:
        return None
    owner = _read(path)
    return LockState(path=path, owner=owner, life=owner.process.life() if owner else None, age=age)


def abandoned_claims(location: GitLocation) -> tuple[Path, ...]:
    """What commands left behind that ended while they waited for the lock."""
    return tuple(sorted(filter(_is_dead, location.common_dir.glob("policyctl-lock-*"))))


def break_lock(state: LockState) -> bool:
    """Take away the lock that was seen, if it still is that one; True if so.

    For people who know that its owner is not at work: where the kernel has no lock, nothing else
    does.
    """
    aside = state.path.with_name(f"policyctl-lock-{secrets.token_hex(8)}")
    try:
        state.path.rename(aside)
    except FileNotFoundError:
        return False
    is_same = _read(aside) == state.owner
    if not is_same:
        with suppress(OSError):
            create_whole(aside, state.path)
    aside.unlink(missing_ok=True)
    return is_same


def _take(lock: Path, own: Path, number: int) -> bool:
    """Wait for the lock and take it; True if the kernel knows of it too."""
    begun, told = time.monotonic(), False
    while True:
        kernel = _ask_kernel(number)
        if kernel is not False:
            try:
                create_whole(own, lock)
            except FileExistsError:
                if kernel and _is_dead(lock):
                    # Nobody else here removes it: they would need the kernel's lock.
                    lock.unlink(missing_ok=True)
                    continue
            else:
                return bool(kernel)
            if kernel:
                fcntl.flock(number, fcntl.LOCK_UN)
        waited = time.monotonic() - begun
        if waited > _LONGEST:
            raise _held(lock)
        if waited > _PATIENCE and not told:
            _LOG.warning("waiting for %s", _read(lock) or lock)
            told = True
        time.sleep(_PAUSE)


def _ask_kernel(number: int) -> bool | None:
    """True if the kernel's lock is ours now, False if another has it, None if there is none."""
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # network file systems without it
        return None
    return True


def _is_dead(lock: Path) -> bool:
    owner = _read(lock)
    return owner is not None and owner.process.life() is Life.ENDED


def _held(lock: Path) -> RepositoryError:
    owner = _read(lock)
    if owner is None:
        return RepositoryError(
            f"another command writes to this repository: {lock}", hint="policyctl doctor"
        )
    runs = owner.process.life() is Life.RUNS
    return RepositoryError(
        f"another command writes to this repository: {owner}",
        hint="run it again when that one has ended"
        if runs
        else "policyctl doctor --repair, once you know that it does not run any more",
    )


def _read(lock: Path) -> Owner | None:
    try:
        with lock.open("rb") as file:
            data = json.loads(file.read(_MAX_FILE))
        texts = {name: _text(value) for name, value in data["process"].items() if name != "pid"}
        process = RunningProcess(pid=int(data["process"]["pid"]), **texts)
        return Owner(process=process, since=_text(data["since"]), act=_text(data["act"]))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _text(value: object) -> str:
    return "".join(filter(str.isprintable, str(value)))
