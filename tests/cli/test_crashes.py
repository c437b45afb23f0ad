"""kill -9 at any instant of a command: nothing is lost, and the next command puts things right."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from policyctl.cli import main
from policyctl.core.canonical import sha256

KILLS, PAIR = 200, 2
POLICY = "policies/team-assistant.yaml"
THEIRS = [" M notes", "?? draft", "M  plan"]
STEPS = frozenset(
    {"os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "subprocess.Popen"}
)
"""What Python tells its auditors before it does it; opening a file to write is another."""


class Ordeal:
    """A repository in which somebody is at work, and a policy that is edited and recorded."""

    def __init__(self, folder: Path, key: Path, edits: int = 0) -> None:
        self.folder = folder
        self.key = str(key)
        self.edits = edits
        os.chdir(folder)

    def git(self, *arguments: str) -> str:
        command = ["git", "-c", "user.name=T", "-c", "user.email=t@example.org", *arguments]
        done = subprocess.run(command, cwd=self.folder, check=True, capture_output=True)
        return done.stdout.decode()

    def settle_in(self) -> None:
        """Leave work of all kinds lying around: edited, staged, untracked."""
        for name in ("notes", "plan"):
            (self.folder / name).write_text("committed\n")
        self.git("add", "notes", "plan")
        self.git("commit", "-q", "-m", "notes")
        for name in ("notes", "plan", "draft"):
            (self.folder / name).write_text("mine\n")
        self.git("add", "plan")

    def edit(self) -> None:
        """The next edit of the policy."""
        self.edits += 1
        file = self.folder / POLICY
        text = file.read_text("utf-8").partition("gates:")[0]
        text += f"gates:\n  limited: {{records: {2000 + self.edits}}}\n"
        file.write_text(text + "reasons:\n  gates.limited: the laboratory sees few prompts\n")

    def record(self) -> int:
        """Record the edit, in this process."""
        return main(["record", "team-assistant", "--rationale", "more", "--key", self.key])

    def forked(self, prepare=lambda: None) -> int:
        """A process of its own that records the edit; its id."""
        child = os.fork()
        if child == 0:
            prepare()
            os._exit(self.record())
        return child

    def problems(self) -> list[str]:
        """What is not as it must be once a command has ended well."""
        found = []
        log = sorted((self.folder / ".policyctl/log/team-assistant").glob("*.json"))
        last = json.loads(log[-1].read_text())
        if len(log) != self.edits + 1:
            found.append(f"{len(log)} entries after {self.edits + 1} changes")
        if last["after"] != sha256((self.folder / POLICY).read_bytes()):
            found.append("the last entry is about other bytes")
        status = self.git("status", "--porcelain").splitlines()
        if sorted(status) != THEIRS:
            found.append(f"git status: {status}")
        if any((self.folder / name).read_text() != "mine\n" for name in ("notes", "plan", "draft")):
            found.append("somebody's work was changed")
        names = [path.name for path in (self.folder / ".git").iterdir()]
        found += [name for name in names if "policyctl" in name or name.endswith(".lock")]
        return found

    def deep_problems(self) -> list[str]:
        """What is wrong with the objects and the ledger."""
        found = []
        if self.git("fsck", "--strict", "--no-dangling"):
            found.append("git fsck has something to say")
        if main(["verify"]) != 0:
            found.append("verify does not pass")
        return found


@pytest.fixture
def ordeal(recorded, monkeypatch):
    monkeypatch.chdir(recorded.folder)
    made = Ordeal(recorded.folder, recorded.keys / "erin")
    made.settle_in()
    return made


def step_of(event, arguments):
    if event == "open":
        mode, flags = arguments[1:3]
        return bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)) or mode in ("wb", "xb")
    return event in STEPS


def counting(report: int):
    """Tell the number of steps from now on, and how many came before the lock was asked for."""
    count = first = 0

    def hook(event, arguments):
        nonlocal count, first
        if step_of(event, arguments):
            if not first and "policyctl-lock" in str(arguments[0]):
                first = count
            count += 1
            os.pwrite(report, b"%6d %6d" % (first, count), 0)

    sys.addaudithook(hook)


def dying_at(step: int):
    """Have this process killed before its ``step``-th step from now on."""
    count = 0

    def hook(event, arguments):
        nonlocal count
        if step_of(event, arguments):
            count += 1
            if count == step:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def killed_at_steps(ordeal: Ordeal, steps: range) -> list[str]:
    """Kill the command before each of these steps in turn; what was wrong afterwards."""
    for step in steps:
        ordeal.edit()
        child = ordeal.forked(lambda step=step: dying_at(step))
        if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != -signal.SIGKILL:
            return [f"step {step} was never reached"]
        code = ordeal.record()  # 1: it is recorded already
        found = ordeal.problems()
        if code not in (0, 1) or found:
            return [f"step {step}: exit {code}", *found]
    return ordeal.deep_problems()


def killed_at_random(ordeal: Ordeal, seed: int, kills: int) -> list[str]:
    """Kill the command again and again at random moments; what was wrong afterwards."""
    chance = random.Random(seed)
    begun = time.monotonic()
    ordeal.edit()
    os.waitpid(ordeal.forked(), 0)
    usual = time.monotonic() - begun
    for number in range(kills):
        ordeal.edit()
        child = ordeal.forked()
        time.sleep(chance.uniform(0, usual))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        code = ordeal.record()
        found = ordeal.problems()
        if number % 20 == 0:
            found += ordeal.deep_problems()
        if code not in (0, 1) or found:
            return [f"kill {number} of seed {seed}: exit {code}", *found]
    return ordeal.deep_problems()


def in_pairs(ordeal: Ordeal, folder: Path, endure) -> dict[int, str]:
    """Let copies of the repository endure something at the same time; what was wrong with each."""
    children = []
    for number in range(PAIR):
        own = folder / f"own-{number}"
        shutil.copytree(ordeal.folder, own, symlinks=True)
        child = os.fork()
        if child == 0:
            sys.stdout = sys.stderr = (folder / f"said-{number}").open("w", encoding="utf-8")
            found = ["it did not come to its end"]
            try:
                found = endure(Ordeal(own, Path(ordeal.key), ordeal.edits), number)
            finally:
                sys.stdout.write(f"\n{found}" if found else "")
                sys.stdout.flush()
                os._exit(bool(found))
        children.append(child)
    ended = [os.waitpid(child, 0)[1] for child in children]
    return {
        number: (folder / f"said-{number}").read_text() for number in range(PAIR) if ended[number]
    }


def test_a_crash_before_any_single_step_is_put_right_by_the_next_command(ordeal, tmp_path):
    with (tmp_path / "steps").open("w+b") as report:
        ordeal.edit()
        os.waitpid(ordeal.forked(lambda: counting(report.fileno())), 0)
        first, last = map(int, os.pread(report.fileno(), 13, 0).split())
    assert ordeal.problems() == []
    assert last - first > 40

    wrong = in_pairs(
        ordeal,
        tmp_path,
        lambda own, number: killed_at_steps(own, range(first + number, last + 1, PAIR)),
    )

    assert wrong == {}


def test_two_hundred_random_crashes_lose_nothing(ordeal, tmp_path):
    wrong = in_pairs(
        ordeal, tmp_path, lambda own, number: killed_at_random(own, number, KILLS // PAIR)
    )

    assert wrong == {}


def test_a_branch_that_moves_after_the_crash_is_seen_by_the_next_command(ordeal, tmp_path):
    """A git command that outlives the killed one moves the branch while the next one begins."""
    begun, slow = tmp_path / "begun", tmp_path / "slow" / "git"
    slow.parent.mkdir()
    slow.write_text(
        f'#!/bin/sh\ncase " $* " in *" update-ref "*) : >{begun}; sleep 1 ;; esac\n'
        f'exec {shutil.which("git")} "$@"\n'
    )
    slow.chmod(0o755)

    def slowly():
        os.environ["PATH"] = f"{slow.parent}{os.pathsep}{os.environ['PATH']}"

    ordeal.edit()
    child = ordeal.forked(slowly)
    while not begun.exists():
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)

    assert ordeal.record() == 1  # nothing is left to record
    assert ordeal.problems() == []
