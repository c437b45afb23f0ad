"""Runs whole processes and tells what each cost: processor time, wall time, memory."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

_KIB = 1024
_INSTRUCTIONS = "Collected :"


class CaseError(Exception):
    """A command did not end as it should: its figures would mean nothing."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One command line that is measured.

    Attributes:
        environment: variables on top of the common ones.
        code: the exit code that says that it did its work.
        prepare: brings about the state that each run starts from; its own cost is not measured.
        rehearsed: whether a first run is not counted: it fills the caches of Python, of the
            operating system and of the program itself.
    """

    name: str
    command: Sequence[str]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    code: int = 0
    prepare: Callable[[], object] | None = None
    rehearsed: bool = True


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one process and all its children took.

    Attributes:
        cpu: user and system time in seconds.
        wall: seconds.
        peak: MiB of memory of the largest process, and never less than this one's own.
    """

    cpu: float
    wall: float
    peak: float


@dataclass(frozen=True, kw_only=True)
class Costs:
    """What several runs of a case took."""

    runs: tuple[Cost, ...]

    @property
    def cpu(self) -> float:
        """Median seconds of processor time."""
        return median(run.cpu for run in self.runs)

    @property
    def cpu_min(self) -> float:
        """Least seconds of processor time."""
        return min(run.cpu for run in self.runs)

    @property
    def wall(self) -> float:
        """Median seconds."""
        return median(run.wall for run in self.runs)

    @property
    def wall_min(self) -> float:
        """Least seconds."""
        return min(run.wall for run in self.runs)

    @property
    def peak(self) -> float:
        """The largest peak in MiB."""
        return max(run.peak for run in self.runs)


def measure(
    cases: Sequence[Case], rounds: int, common: Mapping[str, str], say: Callable[[str], object]
) -> tuple[dict[str, Costs], list[str]]:
    """The costs of all cases by their name, and what could not be run.

    Each round runs every case once, so that whatever else the machine does meets all of them.

    Args:
        cases: what to run.
        rounds: counted runs of each.
        common: the environment of all.
        say: told what runs.
    """
    runs: dict[str, list[Cost]] = {case.name: [] for case in cases}
    failed: dict[str, str] = {}
    for number in range(rounds + 1):
        say(f"round {number} of {rounds}" if number else "a round that is not counted")
        for case in cases:
            if case.name in failed or not (number or case.rehearsed):
                continue
            try:
                cost = run(case, common)
            except (CaseError, OSError) as error:
                failed[case.name] = f"{case.name}: {error}"
                continue
            if number:
                runs[case.name].append(cost)
    done = {name: Costs(runs=tuple(costs)) for name, costs in runs.items() if name not in failed}
    return done, list(failed.values())


def run(case: Case, common: Mapping[str, str]) -> Cost:
    """Run a case once.

    Raises:
        CaseError: it ended with another exit code than it should.
    """
    if case.prepare:
        case.prepare()
    started = time.perf_counter()
    with subprocess.Popen(
        case.command,
        cwd=case.folder,
        env={**common, **case.environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != case.code:
        raise CaseError(f"exit code {process.returncode}, expected {case.code}")
    return Cost(cpu=used.ru_utime + used.ru_stime, wall=wall, peak=used.ru_maxrss / _KIB)


def instructions(case: Case, common: Mapping[str, str]) -> int:
    """How many instructions a case takes: the same to about 1 %, however busy the machine is.

    Raises:
        CaseError: valgrind is missing, or the command did not end as it should.
    """
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        raise CaseError("instructions are not counted: there is no valgrind on this machine")
    if case.prepare:
        case.prepare()
    # Sets and dicts of text take another order, and time, with every seed.
    done = subprocess.run(
        [valgrind, "--tool=callgrind", "--callgrind-out-file=/dev/null", *case.command],
        cwd=case.folder,
        env={**common, **case.environment, "PYTHONHASHSEED": "0"},
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    counts = [line for line in done.stderr.splitlines() if _INSTRUCTIONS in line]
    if done.returncode != case.code or not counts:
        raise CaseError(f"{case.name}: exit code {done.returncode} under valgrind")
    return int(counts[-1].rpartition(":")[2])
