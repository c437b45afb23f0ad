"""Prints and writes down what was measured."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from goals import Judged
from measuring import Costs

POLICYCTL = str(Path(sys.executable).parent / "policyctl")


def machine() -> str:
    """One sentence about where this ran."""
    try:
        cpu = Path("/proc/cpuinfo").read_text("utf-8").partition("model name\t: ")[2]
        model = cpu.partition("\n")[0].strip() or platform.machine()
    except OSError:
        model = platform.machine()
    busy = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} processors ({model}), {platform.system()}, "
        f"Python {platform.python_version()}, load {busy:.1f} at the end"
    )


def version() -> str:
    """What is measured."""
    said = subprocess.run(
        [POLICYCTL, "--version"], check=True, capture_output=True, encoding="utf-8"
    )
    return said.stdout.strip()


def show(
    costs: Mapping[str, Costs],
    counted: Mapping[str, int],
    goals: list[Judged],
    missing: list[str],
    size: str,
) -> None:
    """Print what each case took, the goals, and what could not be measured.

    Args:
        costs: the costs by case.
        counted: instructions by case, where they were counted.
        goals: the goals with what was measured.
        missing: sentences about what could not be run.
        size: how much work it was: ``5000 files``.
    """
    bare = costs.get("python")
    print(f"{version()}, {size}, {datetime.now(UTC):%Y-%m-%d}; {machine()}\n")
    print(f"{'':26} {'CPU ms':>9} {'least':>9} {'wall ms':>9} {'least':>9} {'MiB':>6} {'x':>6}")
    for name, cost in costs.items():
        times = (cost.cpu, cost.cpu_min, cost.wall, cost.wall_min)
        row = " ".join(f"{seconds * 1000:9.1f}" for seconds in times)
        ratio = f"{cost.cpu / bare.cpu:6.1f}" if bare else ""
        print(f"{name:26} {row} {cost.peak:6.0f} {ratio}".rstrip())
    if counted:
        print(f"\n{'':26} {'instructions':>15} {'x':>6}")
        for name, count in counted.items():
            print(f"{name:26} {count:15,} {count / counted['python']:6.1f}")
    print()
    for goal in goals:
        print(goal)
    for sentence in missing:
        print(f"not measured: {sentence}")


def report(
    costs: Mapping[str, Costs],
    counted: Mapping[str, int],
    goals: list[Judged],
    missing: list[str],
    size: str,
) -> dict[str, object]:
    """The same for a program."""
    return {
        "version": 1,
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": machine(),
        "policyctl": version(),
        "size": size,
        "seconds": {
            name: {
                "cpu": {"median": cost.cpu, "min": cost.cpu_min},
                "wall": {"median": cost.wall, "min": cost.wall_min},
                "peak_mib": cost.peak,
                "runs": len(cost.runs),
            }
            for name, cost in costs.items()
        },
        "instructions": dict(counted),
        "goals": [goal.document() for goal in goals],
        "not_measured": missing,
    }
