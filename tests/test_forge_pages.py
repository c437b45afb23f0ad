"""The pages about GitHub and CODEOWNERS say what the action, the workflows and the command do."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import policyctl
from policyctl.adapters.ci_files import ci_files
from policyctl.core.forge import Forge

DOCS = Path(policyctl.__file__).parent.parent / "docs"

if not DOCS.exists():
    pytest.skip("no docs beside the package: run this in a checkout", allow_module_level=True)

GITHUB, OWNERS = ((DOCS / name).read_text("utf-8") for name in ("github.md", "codeowners.md"))
FILES = ci_files(Forge.GITHUB)
ACTION = yaml.safe_load(FILES[".github/actions/policyctl/action.yml"])


def fence(text, language):
    return re.search(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)[1]


def table(text, heading):
    """The first cells of the table under a heading, without their code marks."""
    found = re.search(rf"^\| {heading} \|.*?\n\n", text, re.MULTILINE | re.DOTALL)[0]
    rows = [line.split("|")[1].strip() for line in found.strip().splitlines()[2:]]
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row)]


def run(script, world):
    define = f'policyctl() {{ "{sys.executable}" -P -m policyctl "$@"; }}\n'
    for key, value in (("user.name", "Erin"), ("user.email", "erin@example.org")):
        world.git("config", key, value)
    return subprocess.run(
        ["/bin/sh", "-ec", define + script],
        cwd=world.folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_the_commands_of_both_pages_run(recorded):
    done = run(fence(GITHUB, "sh"), recorded)
    assert done.returncode == 0, done.stderr
    recorded.write("policyctl.toml", fence(OWNERS, "toml"))

    done = run(fence(OWNERS, "sh"), recorded)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "wrote .github/CODEOWNERS" in done.stdout
    assert "/policies/team-assistant.yaml @acme/assistants @sam-example\n" in done.stdout


def test_the_page_lists_the_files_inputs_outputs_and_events_that_there_are():
    files = table(GITHUB, "file")
    assert [name for name in files if name.endswith(".yml")] == sorted(
        (path for path in FILES if "/workflows/" in path), key=files.index
    )
    assert sum("/workflows/" in path for path in FILES) == 4
    listed = re.findall(r"^\| `([a-z-]+)` \| ", GITHUB[GITHUB.index("| input |") :], re.MULTILINE)
    assert listed[: len(ACTION["inputs"])] == list(ACTION["inputs"])
    assert table(GITHUB, "output") == list(ACTION["outputs"])
    script = FILES[".github/actions/policyctl/find-base.sh"].decode()
    for event in table(GITHUB, "event"):
        assert event in script or event == "base"


def test_the_defaults_of_the_page_are_those_of_the_action():
    rows = re.findall(r"^\| `([a-z-]+)` \| `([^`]+)` \|", GITHUB, re.MULTILINE)

    assert len(rows) == 7
    for name, default in rows:
        assert ACTION["inputs"][name]["default"] == default


def test_the_example_for_an_organisation_grants_what_the_workflow_asks_for():
    called = yaml.safe_load(fence(GITHUB, "yaml"))["jobs"]["policies"]
    reusable = yaml.safe_load(FILES[".github/workflows/policy-check.yml"])

    assert called["permissions"] == reusable["jobs"]["check"]["permissions"]
