"""Which process it is, so that another one of the same number is not taken for it."""

from __future__ import annotations

import os
import socket
import subprocess
from enum import Enum
from pathlib import Path
from typing import Self

from policyctl.core.frozen import frozen

_PROC = Path("/proc")
_ENDED = frozenset("ZXx")
_STATE, _START = 0, 19  # after the name: fields 3 and 22 of proc_pid_stat(5)


class Life(Enum):
    """What is known of a process that wrote down who it is."""

    RUNS = "runs"
    ENDED = "ended"
    ELSEWHERE = "elsewhere"  # another machine or container, which this one cannot look into


@frozen
class RunningProcess:
    """A process, named so that it can be told from all others.

    Attributes:
        pid: its number, which the system gives to others later.
        host: the machine's name.
        machine: the machine's id, which stays over restarts; empty where there is none.
        boot: the id of the machine's present run; empty where the system has none.
        space: the numbering that ``pid`` belongs to: containers have their own.
        started: when it started, as the system writes it; empty where it cannot be learnt.
    """

    pid: int
    host: str
    machine: str
    boot: str
    space: str
    started: str

    @classmethod
    def current(cls) -> Self:
        """The process that runs this."""
        pid = os.getpid()
        return cls(pid=pid, started=_started(pid) or "", **_here())

    def life(self) -> Life:
        """Whether it still runs, as far as one can see from here."""
        here = _here()
        if (self.host, self.machine, self.space) != (here["host"], here["machine"], here["space"]):
            return Life.ELSEWHERE
        if self.boot != here["boot"]:
            # The same machine after a restart; without an id it may be one of the same name.
            return Life.ENDED if self.machine else Life.ELSEWHERE
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return Life.ENDED
        except (OSError, OverflowError):  # somebody else's
            pass
        started = _started(self.pid)
        if started is None:
            return Life.ENDED
        return Life.RUNS if not started or started == self.started else Life.ENDED


def _here() -> dict[str, str]:
    try:
        space = str((_PROC / "self/ns/pid").readlink())
    except OSError:
        space = ""
    return {
        "host": socket.gethostname(),
        "machine": _line(Path("/etc/machine-id")),
        "boot": _line(_PROC / "sys/kernel/random/boot_id"),
        "space": space,
    }


def _line(path: Path) -> str:
    try:
        return path.read_text("ascii", "replace").strip()
    except OSError:
        return ""


def _started(pid: int) -> str | None:
    """When a process started; empty if that cannot be learnt, None if it has ended."""
    if (_PROC / "self/stat").exists():
        said = _line(_PROC / str(pid) / "stat")
        fields = said.rpartition(")")[2].split()
        if not fields:  # the system may hide the processes of others
            return ""
        return None if fields[_STATE] in _ENDED else fields[_START]
    try:
        done = subprocess.run(
            ["/bin/ps", "-o", "lstart=", "-p", str(pid)],
            capture_output=True,
            encoding="ascii",
            errors="replace",
            env={"LC_ALL": "C"},
            check=False,
        )
    except OSError:
        return ""
    return done.stdout.strip()
