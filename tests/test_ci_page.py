"""The commands of the page about pull requests and servers work, and servers say what it shows."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import policyctl

PAGE = Path(policyctl.__file__).parent.parent / "docs" / "ci-and-servers.md"

if not PAGE.exists():
    pytest.skip("no docs beside the package: run this in a checkout", allow_module_level=True)

TEXT = PAGE.read_text(encoding="utf-8")


def fences(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def run(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    define = f'policyctl() {{ "{sys.executable}" -P -m policyctl "$@"; }}\n'
    return subprocess.run(
        ["/bin/sh", "-ec", define + script],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture
def clone(recorded, tmp_path):
    """A clone of a governed repository, and a server beside it that holds nothing yet."""
    recorded.git("clone", "-q", str(recorded.folder), str(tmp_path / "clone"))
    recorded.git("init", "-q", "--bare", "-b", "main", str(tmp_path / "clone/server.git"))
    return tmp_path / "clone"


def test_the_commands_work_in_their_order(clone):
    scripts = fences("sh")
    assert len(scripts) == 5

    for script in scripts:
        done = run(script, clone)
        assert done.returncode == 0, script + done.stderr

    config = (clone / "server.git/config").read_text()
    assert re.search(r"pin = [0-9a-f]{64}\n", config)
    assert (clone / "server.git/hooks/pre-receive").stat().st_mode & 0o111


def test_the_server_says_what_the_page_shows(clone):
    for script in fences("sh"):
        run(script, clone)
    policy = clone / "policies/team-assistant.yaml"
    policy.write_text(policy.read_text() + "# by hand\n")
    identity = "-c user.name=Mallory -c user.email=m@example.org"

    done = run(f"git {identity} commit -qam x\ngit push server.git HEAD:main", clone)

    assert done.returncode == 1
    [shown] = fences("console")
    said = "\n".join(line.rstrip() for line in done.stderr.splitlines())
    assert shown.replace("support-assistant", "team-assistant") in said + "\n"


def test_the_workflow_runs_a_command_that_exists_with_the_least_rights():
    [text] = fences("yaml workflow")
    workflow = yaml.safe_load(text)
    job = workflow["jobs"]["verify"]
    steps = job["steps"]

    assert workflow["permissions"] == {}
    assert job["permissions"] == {"contents": "read"}
    assert steps[0]["with"]["fetch-depth"] == 0
    assert steps[-1]["run"] == 'policyctl verify --base "$BASE"'
    assert "${{" not in steps[-1]["run"]


def test_the_exit_codes_of_the_page_are_those_of_the_errors():
    from policyctl.errors import NotJudgedError, TamperingError

    listed = [int(code) for code in re.findall(r"^\| (\d) \| ", TEXT, re.MULTILINE)]

    assert listed == [0, 1, NotJudgedError.exit_code, TamperingError.exit_code]
