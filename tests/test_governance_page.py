"""The commands of the page about governance work, one after the other."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import policyctl
from policyctl.adapters.ssh_signing import make_key

PAGE = Path(policyctl.__file__).parent.parent / "docs" / "governance.md"

if not PAGE.exists():
    pytest.skip("no docs beside the package: run this in a checkout", allow_module_level=True)

TEXT = PAGE.read_text(encoding="utf-8")


def test_every_command_works_and_the_last_word_is_verified(tmp_path):
    (tmp_path / "keys").mkdir()
    for who in ("erin", "erin-new", "sam", "ada", "zoe", "zoe-new"):
        make_key(tmp_path / "keys" / who, comment=who)
    blocks = re.findall(r"^```sh\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    script = f'policyctl() {{ "{sys.executable}" -P -m policyctl "$@"; }}\n' + "".join(blocks)

    done = subprocess.run(
        ["/bin/sh", "-ec", script], cwd=tmp_path, capture_output=True, encoding="utf-8", check=False
    )

    assert done.returncode == 0, done.stderr
    assert "tighter   promote to enforce needs 2 x security (was 1 x security)" in done.stdout
    assert "tighter   a promotion to limited asks for records 3000 (was 1000)" in done.stdout
    assert "trust root 6: signed by ada, sam" in done.stdout
    assert "trust root 7: signed by erin, sam" in done.stdout
    assert "not verified" not in done.stdout


def test_every_command_of_the_trust_root_is_shown():
    from typer.main import get_command

    from policyctl.cli.root import root

    for name in set(get_command(root).commands) - {"export"}:
        assert f"policyctl root {name}" in TEXT, name


def test_every_link_leads_somewhere():
    for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", TEXT):
        assert (PAGE.parent / link).exists(), link
