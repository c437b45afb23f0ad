"""The commands of the page about engines work, and what they print is what the page says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import policyctl

PAGE = Path(policyctl.__file__).parent.parent / "docs" / "engines" / "README.md"

if not PAGE.exists():
    pytest.skip("no docs beside the package: run this in a checkout", allow_module_level=True)

TEXT = PAGE.read_text(encoding="utf-8")
COMMANDS = "".join(re.findall(r"^```sh run\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL))


def test_every_command_of_the_page_works_in_order(tmp_path):
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
    assert COMMANDS.count("policyctl ") == 5
    assert "18 losses: what the policy says and the configuration does not" in done.stderr
    assert "as approved: team-assistant-limited" in done.stdout
    assert "applied/team-assistant.litellm." in done.stderr
    assert "wrote policies/found-running.yaml" in done.stdout
    assert "ok: 1 file" in done.stdout
