"""``policyctl promote --check`` as the estate, the history and the change grow.

    python benchmarks/promote_check.py [--policies 500] [--commits 5000] [--rounds 5] [--json FILE]

Prints what each took, relative to others in the same run, and whether the goals are met. The exit
code is 0 whatever the figures say, and 3 if something could not be run.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from goals import Goal, judged
from ledgers import LedgerRepository
from measuring import Case, measure
from reporting import POLICYCTL, report, show

_PARTS = 10
_CHANGED = (1, 5, 20)
GOALS = (
    Goal(over="1 changed", under="1 changed, a tenth of the estate", limit=1.3),
    Goal(over="1 changed", under="1 changed, a tenth of the commits", limit=1.3),
    Goal(over="20 changed", under="1 changed", limit=3),
    Goal(over="20 changed", under="20 changed, a tenth of the estate", limit=1.3),
    Goal(over="verify", under="1 changed", limit=2, least=True),
)


def main() -> int:
    """Measure, print, and write down; the exit code."""
    options = _options()
    say: Callable[[str], object] = partial(print, file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="policyctl-benchmark-") as name:
        work = Path(name)
        say(f"making {options.policies} policies in {options.commits} commits")
        cases = _cases(work, options.policies, options.commits)
        common = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(work), "NO_COLOR": "1"}
        costs, missing = measure(cases, options.rounds, common, say)
    goals = judged(GOALS, costs)
    size = f"{options.policies} policies, {options.commits} commits"
    show(costs, {}, goals, missing, size)
    if options.json:
        figures = report(costs, {}, goals, missing, size)
        options.json.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
    return 3 if missing else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--policies", type=int, default=500, help="default: 500")
    parser.add_argument("--commits", type=int, default=5000, help="default: 5000")
    parser.add_argument("--rounds", type=int, default=5, help="counted runs (default: 5)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    return parser.parse_args()


def _cases(work: Path, policies: int, commits: int) -> list[Case]:
    """The same chains everywhere: only how many there are, and in how many commits, differs."""
    entries = max(commits, policies)
    large = _repository(work / "large", policies, entries, commits)
    fewer = max(policies // _PARTS, *_CHANGED)
    per_policy = entries // policies
    small = _repository(work / "small", fewer, fewer * per_policy, fewer * per_policy)
    short = _repository(work / "short", policies, entries, max(commits // _PARTS, 1))
    few, many = _CHANGED[0], _CHANGED[-1]
    return [
        Case(name="python", command=(sys.executable, "-c", "pass"), folder=work),
        *(_check(f"{count} changed", large, count) for count in _CHANGED),
        _check(f"{few} changed, a tenth of the estate", small, few),
        _check(f"{many} changed, a tenth of the estate", small, many),
        _check(f"{few} changed, a tenth of the commits", short, few),
        Case(
            name="verify",
            command=(POLICYCTL, "verify", "--rev", _name(few)),
            folder=large.folder,
            environment={"POLICYCTL_MEMORY": "off"},
        ),
    ]


def _repository(folder: Path, policies: int, entries: int, commits: int) -> LedgerRepository:
    folder.mkdir()
    made = LedgerRepository(folder, policies=policies)
    made.grow(entries, each=max(entries // commits, 1))
    for count in _CHANGED:
        made.offer(count, branch=_name(count))
    return made


def _name(count: int) -> str:
    return f"change-{count}"


def _check(name: str, made: LedgerRepository, count: int) -> Case:
    arguments = ("promote", "--check", "--base", "main", "--head", _name(count))
    return Case(name=name, command=(POLICYCTL, *arguments), folder=made.folder)


if __name__ == "__main__":
    sys.exit(main())
