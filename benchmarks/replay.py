"""``evidence`` and ``replay`` over generated records, beside DuckDB's bare scan and a plain loop.

    python benchmarks/replay.py [--records 10000000] [--rounds 3] [--huge] [--json FILE]

Prints what each took, relative to others in the same run, and whether the goals are met. The exit
code is 0 whatever the figures say, and 3 if something could not be run.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from goals import Goal, judged
from measuring import Case, Cost, Costs, measure
from reporting import report, show

_COUNTING = Path(__file__).with_name("counting.py")
_TRAFFIC = Path(__file__).with_name("traffic.py")
_SAMPLE = 200_000
_HUGE = 100_000_000
GOALS = (
    Goal(over="plain Parquet", under="bare scan", limit=1.5),
    Goal(over="plain loop", under="plain Parquet", limit=25, least=True),
    Goal(over="plain Parquet", under="prepared", limit=10, least=True),
    Goal(over="plain Parquet", under="300 MiB", limit=1, memory=True),
    Goal(over="plain Parquet, huge", under="bare scan, huge", limit=1.5),
    Goal(over="plain Parquet, huge", under="prepared, huge", limit=10, least=True),
    Goal(over="plain Parquet, huge", under="500 MiB", limit=1, memory=True),
)


def main() -> int:
    """Measure, print, and write down; the exit code."""
    options = _options()
    say: Callable[[str], object] = partial(print, file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="policyctl-benchmark-") as name:
        work = Path(name)
        say(f"making {options.records} records")
        cases = _cases(_made(work / "usual", options.records))
        if options.huge:
            say(f"making {_HUGE} records")
            huge = _made(work / "huge", _HUGE)
            cases += [
                _case("bare scan, huge", huge, "scan", *_files(huge)),
                _case("plain Parquet, huge", huge, "count", *_files(huge)),
                _case("prepared, huge", huge, "count", huge / "prepared"),
            ]
        _check_alike(work / "usual" / "sample.jsonl")
        common = {"PATH": os.environ["PATH"], "HOME": str(work), "TMPDIR": str(work)}
        costs, missing = measure(cases, options.rounds, common, say)
        costs |= _derived(costs, options.records)
    goals = judged(GOALS, costs)
    size = f"{options.records} records"
    shown = {name: cost for name, cost in costs.items() if not name.endswith(" MiB")}
    show(shown, {}, goals, missing, size)
    if options.json:
        figures = report(shown, {}, goals, missing, size)
        options.json.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
    return 3 if missing else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--records", type=int, default=10_000_000, help="default: 10000000")
    parser.add_argument("--rounds", type=int, default=3, help="counted runs (default: 3)")
    parser.add_argument("--huge", action="store_true", help="100 million records, too")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    return parser.parse_args()


def _made(folder: Path, records: int) -> Path:
    """A folder with generated records in each of their forms."""
    folder.mkdir()
    sample = str(_sample(records))
    subprocess.run([sys.executable, str(_TRAFFIC), str(folder), str(records), sample], check=True)
    return folder


def _files(folder: Path) -> list[Path]:
    return sorted((folder / "plain").iterdir())


def _sample(records: int) -> int:
    return min(_SAMPLE, records // 10)


def _cases(work: Path) -> list[Case]:
    files = _files(work)
    return [
        Case(name="python", command=(sys.executable, "-c", "pass"), folder=work),
        _case("bare scan", work, "scan", *files),
        _case("plain Parquet", work, "count", *files),
        _case("prepared", work, "count", work / "prepared"),
        _case("loop, a sample", work, "loop", work / "sample.jsonl"),
        _case("loop, nothing", work, "loop"),
    ]


def _case(name: str, work: Path, how: str, *files: Path) -> Case:
    command = (sys.executable, str(_COUNTING), how, *map(str, files))
    return Case(name=name, command=command, folder=work)


def _check_alike(sample: Path) -> None:
    """Refuse to compare what does not count the same."""
    commands = [(sys.executable, str(_COUNTING), how, str(sample)) for how in ("loop", "count")]
    counted = [subprocess.run(command, check=True, stdout=subprocess.PIPE) for command in commands]
    if len({run.stdout for run in counted}) > 1:
        raise SystemExit("the plain loop counts something else than policyctl")


def _derived(costs: dict[str, Costs], records: int) -> dict[str, Costs]:
    """The loop's cost for all records, and the limits of memory as costs."""
    limits = {
        f"{limit} MiB": Costs(runs=(Cost(cpu=1, wall=1, peak=limit),)) for limit in (300, 500)
    }
    if "loop, a sample" not in costs or "loop, nothing" not in costs:
        return limits
    factor = records / _sample(records)
    empty = costs["loop, nothing"]
    runs = tuple(
        Cost(
            cpu=empty.cpu + max(0.0, run.cpu - empty.cpu) * factor,
            wall=empty.wall + max(0.0, run.wall - empty.wall) * factor,
            peak=run.peak,
        )
        for run in costs["loop, a sample"].runs
    )
    return limits | {"plain loop": Costs(runs=runs)}


if __name__ == "__main__":
    sys.exit(main())
