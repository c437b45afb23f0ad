"""The commands of the page about checkpoints work, in the repository that the demo leaves."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import policyctl

PAGE = Path(policyctl.__file__).parent.parent / "docs" / "checkpoints.md"

if not PAGE.exists():
    pytest.skip("no docs beside the package: run this in a checkout", allow_module_level=True)

TEXT = PAGE.read_text(encoding="utf-8")
COMMANDS = "".join(re.findall(r"^```sh run\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL))


def test_every_command_of_the_page_succeeds_in_order(tmp_path):
    prelude = f'policyctl() {{ "{sys.executable}" -P -m policyctl "$@"; }}\n'
    script = f"{prelude}policyctl demo story > /dev/null\ncd story\n{COMMANDS}"

    done = subprocess.run(
        ["/bin/sh", "-ec", script],
        cwd=tmp_path,
        env={**os.environ, "XDG_STATE_HOME": str(tmp_path / "state")},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert COMMANDS.count("policyctl ") == 11
    assert done.stdout.count("level: tree+checkpoint") == 4
    assert "checkpoint 1 · 3 entries · trust root 1" in done.stdout


def test_the_lines_of_a_note_are_those_that_the_page_explains(recorded):
    assert recorded.run("checkpoint", by="erin").code == 0
    note = recorded.run("checkpoint", "--show").out
    [shown] = re.findall(r"^```text\n(policyctl/ledger/.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)

    words = {line.split(" ")[0].split("<")[0] for line in shown.splitlines() if line}

    first = {line.split(" ")[0] for line in note.splitlines()[3:] if line}
    assert first <= words
    assert {"checkpoint", "root", "grew", "owed", "previous", "—"} <= words
