"""The commands of the page about reviews work, and print what it shows."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import policyctl
from policyctl.core.diff.effect import Effect

PAGE = Path(policyctl.__file__).parent.parent / "docs" / "review.md"

if not PAGE.exists():
    pytest.skip("no docs beside the package: run this in a checkout", allow_module_level=True)

TEXT = PAGE.read_text(encoding="utf-8")


def fence(language):
    return re.search(rf"^```{re.escape(language)}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)[1]


def test_the_commands_of_the_page_run(recorded):
    for name in ("old.yaml", "new.yaml"):
        recorded.write(name, recorded.read("policies/team-assistant.yaml"))
    define = f'policyctl() {{ "{sys.executable}" -P -m policyctl "$@"; }}\n'
    done = subprocess.run(
        ["/bin/sh", "-ec", define + fence("sh")],
        cwd=recorded.folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("no policy differs") == 6


def test_what_the_page_says_of_git_is_so(recorded):
    recorded.git("config", "--remove-section", "diff.policyctl")
    edited = recorded.read("policies/team-assistant.yaml").replace(b"2000", b"5000")
    recorded.write("policies/team-assistant.yaml", edited)
    recorded.git("commit", "-qam", "by hand")
    recorded.write("policies/team-assistant.yaml", edited.replace(b"5000", b"6000"))
    define = f'policyctl() {{ "{sys.executable}" -P -m policyctl "$@"; }}\n'
    done = subprocess.run(
        ["/bin/sh", "-ec", define + fence("sh git")],
        cwd=recorded.folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n  tighter  gate of limited: records\n") == 1
    assert done.stdout.count("\n+gates.limited.records: 5000\n") == 2
    assert done.stdout.count("\n+  limited: {records: 6000}\n") == 2
    recorded.git("add", ".")
    who = ("-c", "user.name=Erin", "-c", "user.email=erin@example.org")
    said = subprocess.run(
        ["git", *who, "commit", "-qm", "x"],
        cwd=recorded.folder,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert said.stderr == fence("console")


def test_the_page_shows_what_the_command_prints(recorded):
    path = "policies/team-assistant.yaml"
    recorded.write(path, recorded.read(path).replace(b"records: 2000", b"records: 500"))

    assert recorded.run("diff").out == fence("text")


def test_the_page_explains_every_effect():
    assert re.findall(r"^\| (\w+) \| \S", TEXT, re.MULTILINE)[1:] == [
        *("tighter", "looser", "mixed", "neutral", "unknown")
    ]
    assert {effect.value for effect in Effect} <= set(re.findall(r"\w+", TEXT))
