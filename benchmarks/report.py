"""``policyctl report`` and ``status`` over a large estate, beside ``verify`` of the same ledger.

    python benchmarks/report.py [--policies 500] [--entries 10000] [--rounds 3] [--json FILE]

Prints what each took, relative to others in the same run, the page's size, and whether the goals are
met. The exit code is 0 whatever the figures say, and 3 if something could not be run.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from goals import Goal, judged
from ledgers import LedgerRepository
from measuring import Case, measure
from reporting import POLICYCTL, report, show

from policyctl.adapters.resources import shipped_file

_BASELINE = "internal-facing"
_VERSION = 1
_LARGEST = 10 << 20
_NOW = "2026-02-01"
GOALS = (
    Goal(over="report", under="verify", limit=4, wall=True),
    Goal(over="status", under="verify", limit=3, wall=True),
    Goal(over="report", under="report, a tenth", limit=2, memory=True),
)


class Estate(LedgerRepository):
    """Policies that adapt a shipped baseline, as real ones do."""

    def text(self, policy: str, seq: int, use_case: str) -> str:
        """A policy with a guardrail of its own, exceptions and ownership."""
        number = int(policy[-4:])
        return (
            f"schema: policyctl/policy/v1\nid: {policy}\nname: Assistant number {number}\n"
            f"purpose: Answers what customers of department {number} ask, in {seq} languages.\n"
            f"use_case: {use_case}\nextends: {_BASELINE}@{_VERSION}\n"
            "data_sensitivity: internal\nowner: erin\nstage: logging\n"
            f"sensitivity: L{1 + number % 3}\nthresholds:\n  owner: sam\n  reviewer: pia\n"
            "guardrails:\n  - detector: prompt_attack\n    sensitivity: L4\n"
            "    reason: pasted mails raised false alarms\n"
            f"exceptions:\n  - id: ex-{number}\n    guardrail: secrets\n    owner: erin\n"
            "    when: {app: department}\n    reason: the form asks for a reference number\n"
            '    expires: "2026-12-31"\n'
        )

    def rationale(self, seq: int) -> str:
        """As long as people write it."""
        return f"change {seq}: fewer false alarms in the weekly review, see the notes of the team"

    def baselines(self) -> dict[str, bytes]:
        """The one that the policies extend."""
        return {
            f"{_BASELINE}@{_VERSION}": shipped_file("baselines", f"{_BASELINE}@{_VERSION}.yaml")
        }


def main() -> int:
    """Measure, print, and write down; the exit code."""
    options = _options()
    say: Callable[[str], object] = partial(print, file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="policyctl-benchmark-") as name:
        work = Path(name)
        say(f"making an estate of {options.policies} policies and {options.entries} entries")
        large = _estate(work / "large", options.policies, options.entries)
        small = _estate(work / "small", options.policies, max(options.entries // 10, 1))
        page, other = work / "report.html", work / "small.html"
        cases = [
            _case("verify", large, "verify"),
            _case("status", large, "status", "--now", _NOW),
            _case("report", large, "report", "--now", _NOW, "--out", str(page)),
            _case("report, a tenth", small, "report", "--now", _NOW, "--out", str(other)),
        ]
        common = {"PATH": "/usr/bin:/bin", "HOME": str(work / "home"), "NO_COLOR": "1"}
        costs, missing = measure(cases, options.rounds, common, say)
        size = page.stat().st_size if page.exists() else 0
    goals = judged(GOALS, costs)
    fits = "fits" if 0 < size < _LARGEST else "does not fit"
    title = (
        f"{options.policies} policies, {options.entries} entries; the page has "
        f"{size / (1 << 20):.1f} MiB and {fits} 10 MiB"
    )
    show(costs, {}, goals, missing, title)
    if options.json:
        figures = report(costs, {}, goals, missing, title)
        options.json.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
    return 3 if missing else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--policies", type=int, default=500, help="default: 500")
    parser.add_argument("--entries", type=int, default=10_000, help="default: 10000")
    parser.add_argument("--rounds", type=int, default=3, help="counted runs (default: 3)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    return parser.parse_args()


def _estate(folder: Path, policies: int, entries: int) -> Path:
    """An estate, made by a process of its own: what is measured starts with the memory of this."""
    with ProcessPoolExecutor(1) as apart:
        apart.submit(_made, folder, policies, entries).result()
    return folder


def _made(folder: Path, policies: int, entries: int) -> None:
    folder.mkdir()
    Estate(folder, policies=min(policies, entries)).grow(entries)


def _case(name: str, folder: Path, *arguments: str) -> Case:
    """Nothing that was verified before counts."""
    return Case(
        name=name,
        command=(POLICYCTL, *arguments),
        folder=folder,
        environment={"POLICYCTL_MEMORY": "off"},
    )


if __name__ == "__main__":
    sys.exit(main())
