"""``policyctl validate`` and ``lint`` beside the tools that people use today, on the same files.

    python benchmarks/validate.py [--files 5000] [--rounds 9] [--json FILE] [--callgrind]

Prints what each took, relative to others in the same run, and whether the goals are met. The exit
code is 0 whatever the figures say, and 3 if something could not be run.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import peers
import policies
from goals import GOALS, judged
from measuring import Case, CaseError, Costs, instructions, measure, run
from reporting import POLICYCTL, report, show

_SCHEMA = Path(__file__).resolve().parent.parent / "schemas/policy.v1.json"
_PARTS = ("one", "many", "memory")
_INHERITED = ("PATH", "LANG", "LC_ALL")


def main() -> int:
    """Measure, print, and write down; the exit code."""
    options = _options()
    parts = options.only or _PARTS
    say: Callable[[str], object] = partial(print, file=sys.stderr)
    programs, missing = ({}, []) if options.without_peers else peers.install(options.cache)
    with tempfile.TemporaryDirectory(prefix="policyctl-benchmark-") as name:
        work = Path(name)
        common = _environment(work)
        costs: dict[str, Costs] = {}
        counted: dict[str, int] = {}
        for part, cases, rounds in _parts(work, options, programs):
            if part in parts:
                say(f"{part}: {', '.join(case.name for case in cases)}")
                done, failed = measure(cases, rounds, common, say)
                costs |= done
                missing += failed
        if options.callgrind:
            counted, failed = _counted(_single(work, {}), common)
            missing += failed
    goals = judged(GOALS, costs)
    size = f"{options.files} files"
    show(costs, counted, goals, missing, size)
    if options.json:
        figures = report(costs, counted, goals, missing, size)
        options.json.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
    return 3 if missing else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--files", type=int, default=5000, help="policy files (default: 5000)")
    parser.add_argument(
        *("--rounds",),
        type=int,
        default=9,
        help="counted runs of each command on one file; a third of them on many (default: 9)",
    )
    parser.add_argument(
        "--only", action="append", choices=_PARTS, help="measure this part; may be repeated"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    parser.add_argument(
        "--callgrind", action="store_true", help="count instructions too, with valgrind"
    )
    parser.add_argument("--without-peers", action="store_true", help="measure policyctl alone")
    parser.add_argument(
        "--cache",
        type=Path,
        default=_home_cache() / "policyctl-benchmarks",
        metavar="FOLDER",
        help="where the peers are installed, once (default: %(default)s)",
    )
    return parser.parse_args()


def _parts(
    work: Path, options: argparse.Namespace, programs: dict[str, str]
) -> list[tuple[str, list[Case], int]]:
    """The parts of a run: what each measures, and how often."""
    rounds = max(options.rounds // 3, 1)
    return [
        ("one", _single(work, programs), options.rounds),
        ("many", _many(work, programs, options.files), rounds),
        ("memory", _growing(work, options.files), 1),
    ]


def _single(work: Path, programs: dict[str, str]) -> list[Case]:
    folder = work / "one"
    (file,) = policies.write(folder, 1)
    name = str(file.relative_to(folder))
    policyctl = partial(_policyctl, folder=folder)
    return [
        Case(name="python", command=(sys.executable, "-c", "pass"), folder=folder),
        policyctl("one file", "validate", name),
        policyctl("one file, known", "validate", name, warm=True),
        policyctl("one file, through typer", "--debug", "validate", name),
        policyctl("one file, lint", "lint", name, code=1),
        policyctl("help", "--help"),
        policyctl("completion", environment=_completing("policyctl val")),
        *peers.cases(programs, _SCHEMA, [file], folder, "one"),
    ]


def _many(work: Path, programs: dict[str, str], count: int) -> list[Case]:
    folder = work / "many"
    files = policies.write(folder, count)
    policyctl = partial(_policyctl, folder=folder)
    return [
        policyctl("many files", "validate", "policies"),
        policyctl("many files, known", "validate", "policies", warm=True),
        policyctl("many files, lint", "lint", "policies", code=1),
        *peers.cases(programs, _SCHEMA, files, folder, "many"),
    ]


def _growing(work: Path, count: int) -> list[Case]:
    cases: list[Case] = []
    for label, size in (("a tenth", count // 10), ("all", count), ("four times", count * 4)):
        folder = work / f"memory-{size}"
        policies.write(folder, max(size, 1))
        cases.append(_policyctl(f"memory, {label}", "validate", "policies", folder=folder))
    return cases


def _policyctl(
    name: str,
    *arguments: str,
    folder: Path,
    warm: bool = False,
    code: int = 0,
    environment: Mapping[str, str] | None = None,
) -> Case:
    """A case of policyctl; unless it is a warm one, nothing is known of the files."""
    cache = folder / "cache-warm" if warm else folder / "cache-cold"
    return Case(
        name=name,
        command=(POLICYCTL, *arguments),
        folder=folder,
        environment={"XDG_CACHE_HOME": str(cache), **(environment or {})},
        code=code,
        prepare=None if warm else partial(shutil.rmtree, cache, ignore_errors=True),
    )


def _completing(words: str) -> dict[str, str]:
    return {"_POLICYCTL_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": "1"}


def _counted(cases: list[Case], common: Mapping[str, str]) -> tuple[dict[str, int], list[str]]:
    """Instructions by case, in the order of the cases; the first failure ends it."""
    found: dict[str, int] = {}
    try:
        for case in cases:
            run(case, common)  # so that what is to be known is known
            found[case.name] = instructions(case, common)
    except CaseError as error:
        return found, [str(error)]
    return found, []


def _environment(work: Path) -> dict[str, str]:
    """The variables of all runs: nothing of the user's, and a home of their own."""
    kept = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return {**kept, "HOME": str(work / "home"), "NO_COLOR": "1"}


def _home_cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


if __name__ == "__main__":
    sys.exit(main())
