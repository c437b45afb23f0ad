"""``policyctl verify`` beside one ``ssh-keygen`` process for each signature.

    python benchmarks/verify.py [--entries 10000] [--rounds 3] [--json FILE]

Prints what each took, relative to others in the same run, and whether the goals are met. The exit
code is 0 whatever the figures say, and 3 if something could not be run.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

from goals import Goal, judged
from ledgers import LedgerRepository
from measuring import Case, Cost, Costs, measure
from reporting import POLICYCTL, report, show

from policyctl.core import paths
from policyctl.core.trust_root import AUTHOR_NAMESPACE, allowed_signers

_POLICIES = 200
_SAMPLE = 200
_READ = (
    "git ls-tree -r --full-tree HEAD policies .policyctl | cut -d ' ' -f 3 | cut -f 1 "
    "| git cat-file --batch > /dev/null"
)
GOALS = (
    Goal(over="ssh-keygen, each signature", under="verify", limit=50, least=True, wall=True),
    Goal(over="verify", under="verify, a tenth", limit=1.5, memory=True),
    Goal(over="verify, 10 entries more", under="verify", limit=0.5),
    Goal(over="pull request", under="import and read", limit=3),
)


def main() -> int:
    """Measure, print, and write down; the exit code."""
    options = _options()
    say: Callable[[str], object] = partial(print, file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="policyctl-benchmark-") as name:
        work = Path(name)
        say(f"making a ledger of {options.entries} entries")
        large = _repository(work / "large", options.entries)
        cases = _cases(work, large, options.entries)
        common = {"PATH": _path(), "HOME": str(work / "home"), "NO_COLOR": "1"}
        costs, missing = measure(cases, options.rounds, common, say)
        if "keygen sample" in costs:
            costs |= _derived(costs, large)
    goals = judged(GOALS, costs)
    size = f"{options.entries} entries, {large.signatures} signatures, {large.policies} policies"
    show(costs, {}, goals, missing, size)
    if options.json:
        figures = report(costs, {}, goals, missing, size)
        options.json.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
    return 3 if missing else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--entries", type=int, default=10_000, help="default: 10000")
    parser.add_argument("--rounds", type=int, default=3, help="counted runs (default: 3)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    return parser.parse_args()


def _path() -> str:
    """Where git and ssh-keygen stand, and no place of the user's besides."""
    found = {str(Path(shutil.which(name) or f"/usr/bin/{name}").parent) for name in _PROGRAMS}
    return ":".join([*sorted(found), "/usr/bin", "/bin"])


_PROGRAMS = ("git", "ssh-keygen", "sh")


def _repository(folder: Path, entries: int) -> LedgerRepository:
    """A ledger, made by a process of its own: what is measured starts with the memory of this one."""
    with ProcessPoolExecutor(1) as apart:
        return apart.submit(_made, folder, entries).result()


def _made(folder: Path, entries: int) -> LedgerRepository:
    folder.mkdir()
    made = LedgerRepository(folder, policies=min(_POLICIES, entries))
    made.grow(entries)
    return made


def _cases(work: Path, large: LedgerRepository, entries: int) -> list[Case]:
    small = _repository(work / "small", max(entries // 10, 1))
    requested = _repository(work / "requested", min(_POLICIES * 5, entries))
    requested.grow(1, branch="change", parent="main")
    watched = _repository(work / "watched", entries)
    _seen(watched.folder, work)
    watched.grow(10)
    sample = _sample(work / "sample", small)
    verify = partial(_verify, work)
    return [
        Case(name="python", command=(sys.executable, "-c", "pass"), folder=work),
        _python("import cryptography", work),
        verify("verify", large.folder),
        verify("verify, a tenth", small.folder),
        verify("verify, 10 entries more", watched.folder, remembers=True),
        verify("pull request", requested.folder, "--base", "main", "--rev", "change"),
        Case(name="git reading", command=("/bin/sh", "-c", _READ), folder=requested.folder),
        Case(name="keygen sample", command=("/bin/sh", str(sample)), folder=sample.parent),
    ]


def _python(program: str, folder: Path) -> Case:
    return Case(name=program, command=(sys.executable, "-c", program), folder=folder)


def _verify(work: Path, name: str, folder: Path, *more: str, remembers: bool = False) -> Case:
    """A case of verify; unless it remembers, nothing that was verified before counts."""
    state = work / f"state-{folder.name}"
    case = Case(
        name=name,
        command=(POLICYCTL, "verify", *more),
        folder=folder,
        environment={"POLICYCTL_MEMORY": "off"},
    )
    if not remembers:
        return case
    kept = work / f"kept-{folder.name}"
    return replace(
        case,
        environment={"XDG_STATE_HOME": str(state)},
        prepare=partial(_restore, kept, state),
    )


def _seen(folder: Path, work: Path) -> None:
    """Verify a repository once, and keep what the verifier remembers of it."""
    subprocess.run(
        [POLICYCTL, "verify"],
        cwd=folder,
        env={"PATH": _path(), "XDG_STATE_HOME": str(work / f"kept-{folder.name}")},
        check=True,
        capture_output=True,
    )


def _restore(kept: Path, state: Path) -> None:
    """What was remembered before the ledger grew, so that every run meets the same."""
    shutil.rmtree(state, ignore_errors=True)
    shutil.copytree(kept, state)


def _sample(folder: Path, made: LedgerRepository) -> Path:
    """A script that checks some authors' signatures with one ssh-keygen process for each."""
    folder.mkdir()
    (folder / "signers").write_text(allowed_signers(made.root), "utf-8")
    lines = ["set -e"]
    for number in range(_SAMPLE):
        policy = f"policy-{number % made.policies:04}"
        for name, path in (
            (f"{number}.json", paths.entry_path(policy, 1)),
            (f"{number}.sig", paths.signature_path(policy, 1, "erin")),
        ):
            shown = ["git", "show", f"main:{path}"]
            done = subprocess.run(shown, cwd=made.folder, check=True, capture_output=True)
            (folder / name).write_bytes(done.stdout)
        lines.append(
            f"ssh-keygen -Y verify -f signers -I erin -n {AUTHOR_NAMESPACE} -s {number}.sig "
            f"< {number}.json"
        )
    script = folder / "check.sh"
    script.write_text("\n".join(lines) + "\n", "utf-8")
    return script


def _derived(costs: dict[str, Costs], large: LedgerRepository) -> dict[str, Costs]:
    """The sample's cost for as many signatures as the ledger has; two costs added up."""
    factor = large.signatures / _SAMPLE
    each = tuple(
        Cost(cpu=run.cpu * factor, wall=run.wall * factor, peak=run.peak)
        for run in costs["keygen sample"].runs
    )
    pairs = zip(costs["import cryptography"].runs, costs["git reading"].runs, strict=True)
    both = tuple(
        Cost(cpu=one.cpu + other.cpu, wall=one.wall + other.wall, peak=max(one.peak, other.peak))
        for one, other in pairs
    )
    return {"ssh-keygen, each signature": Costs(runs=each), "import and read": Costs(runs=both)}


if __name__ == "__main__":
    sys.exit(main())
