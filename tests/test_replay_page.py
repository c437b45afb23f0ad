"""The commands of the page about replays work, and print what it shows."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import policyctl
from policyctl.core.replay import Kind
from policyctl.render.replay_summary import KINDS

PAGE = Path(policyctl.__file__).parent.parent / "docs" / "replay.md"

if not PAGE.exists():
    pytest.skip("no docs beside the package: run this in a checkout", allow_module_level=True)

TEXT = PAGE.read_text(encoding="utf-8")


def fence(language):
    return re.search(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)[1]


def test_the_commands_of_the_page_run(recorded, events):
    shutil.copy(events, recorded.folder / "records.jsonl.gz")
    recorded.write("old.yaml", recorded.read("policies/team-assistant.yaml"))
    define = f'policyctl() {{ "{sys.executable}" -P -m policyctl "$@"; }}\n'
    done = subprocess.run(
        ["/bin/sh", "-ec", define + fence("sh")],
        cwd=recorded.folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("nothing would have been decided differently") == 5


def test_the_page_shows_what_the_command_prints(recorded, events):
    done = recorded.run("replay", "team-assistant", "--to", "limited", "--events", events)

    assert done.out.startswith(fence("text"))


def test_the_page_explains_every_kind_of_change():
    told = re.findall(r"^\| ([a-z ]+) \| \S", TEXT, re.MULTILINE)

    assert told == ["kind", *(KINDS[kind] for kind in Kind)]
