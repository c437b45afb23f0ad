"""The commands of the page about pull requests and servers work, and servers say what it shows."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

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


def recipe(name):
    [script] = fences(f"sh {name}")
    return script


@pytest.mark.parametrize(("by_hand", "code"), [(False, 0), (True, 4)])
def test_the_recipe_for_any_ci_ends_as_the_gate_does(clone, recorded, by_hand, code):
    policy = recorded.read("policies/team-assistant.yaml")
    recorded.git("switch", "-q", "-c", "feature")
    recorded.write("policies/team-assistant.yaml", policy + b"# more\n")
    if by_hand:
        recorded.git("commit", "-qam", "x")
    else:
        recorded.run("record", "team-assistant", "--rationale", "x", by="erin")
    run("git fetch -q origin feature && git switch -q --detach FETCH_HEAD", clone)

    done = run(recipe("recipe"), clone)

    assert (done.returncode == 0) is (code == 0), done.stderr
    assert done.returncode in (0, 1, code)
    assert (clone / "policy-report/check.md").read_text().startswith("### ")
    assert "<testsuites" in (clone / "policy-report/lint.xml").read_text()


def test_the_recipe_after_a_merge_works(clone):
    done = run(recipe("merged"), clone)

    assert done.returncode == 0, done.stderr
    assert "team-assistant" in (clone / "CHANGELOG-of-policies.md").read_text()


def test_the_command_for_gitlab_works(clone):
    config = "git config user.name Erin; git config user.email erin@example.org\n"

    done = run(config + recipe("gitlab"), clone)

    assert done.returncode == 0, done.stderr
    assert (clone / ".gitlab/policyctl.yml").exists()


def test_the_exit_codes_of_the_page_are_those_of_the_errors():
    from policyctl.errors import NotJudgedError, TamperingError

    listed = [int(code) for code in re.findall(r"^\| (\d) \| ", TEXT, re.MULTILINE)]

    assert listed == [0, 1, NotJudgedError.exit_code, TamperingError.exit_code]
