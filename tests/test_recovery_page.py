"""The page about crashes shows what really happens after one."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import policyctl
from policyctl.adapters import whole_change

PAGE = Path(policyctl.__file__).parent.parent / "docs" / "recovery.md"

if not PAGE.exists():
    pytest.skip("no docs beside the package: run this in a checkout", allow_module_level=True)

[TRANSCRIPT] = re.findall(
    r"^```console\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL
)


@pytest.fixture
def crashed(recorded, monkeypatch):
    """A repository in which ``record`` died right after its commit was made."""
    text = recorded.read("policies/team-assistant.yaml")
    recorded.write("policies/team-assistant.yaml", text.replace(b"2000", b"2500"))
    child = os.fork()
    if child == 0:
        monkeypatch.setattr(whole_change, "finish", lambda *_: os._exit(9))
        recorded.run("record", "team-assistant", "--rationale", "more", by="erin")
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    return recorded


def test_the_transcript_is_what_happens(crashed):
    for block in TRANSCRIPT.removeprefix("$ ").split("\n$ "):
        command, *expected = block.strip("\n").splitlines()
        words = shlex.split(command)
        if words[0] == "policyctl":
            words = [sys.executable, "-P", "-m", *words]
        done = subprocess.run(
            words,
            cwd=crashed.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        place = 0
        for row in expected:
            found = done.stdout.find(row.rstrip(), place)
            assert found >= 0, f"{command} does not print:\n{row}\nbut\n{done.stdout[place:]}"
            place = found + len(row.rstrip())
    assert crashed.git("status", "--porcelain") == ""


def test_doctor_tells_by_its_exit_code_and_changes_nothing_unasked(crashed):
    before = sorted(path.name for path in (crashed.folder / ".git").iterdir())

    assert crashed.run("doctor").code == 1
    assert sorted(path.name for path in (crashed.folder / ".git").iterdir()) == before
    assert crashed.run("doctor", "--repair").code == 0
    assert crashed.run("doctor").code == 0
    assert crashed.run("doctor", "--unknown").code == 2
