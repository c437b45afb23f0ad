"""The workflows that `init --ci` writes, and our own: sound, pinned, and with the least rights."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import policyctl
from policyctl.adapters.ci_files import ci_files
from policyctl.core.forge import Forge

CHECKOUT = Path(policyctl.__file__).parent.parent

if not (CHECKOUT / ".github/workflows").exists():
    pytest.skip("no workflows beside the package: run this in a checkout", allow_module_level=True)

GITHUB = ci_files(Forge.GITHUB)
WORKFLOWS = {path: text.decode() for path, text in GITHUB.items() if "/workflows/" in path}
SCRIPTS = sorted((CHECKOUT / ".github/actions/policyctl").glob("*.sh"))


def tool(name, *arguments, cwd):
    """Run a checker that pip installed beside this Python."""
    program = Path(sys.executable).parent / name
    assert program.exists(), f"{name} is part of the extra 'test'"
    return subprocess.run(
        [program, *arguments], cwd=cwd, capture_output=True, encoding="utf-8", check=False
    )


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A repository with what `init --ci github` writes."""
    folder = tmp_path_factory.mktemp("written")
    for path, content in GITHUB.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    (folder / ".git").mkdir()
    return folder


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    """Our own workflows and actions."""
    folder = tmp_path_factory.mktemp("ours")
    shutil.copytree(CHECKOUT / ".github", folder / ".github")
    (folder / ".git").mkdir()
    return folder


@pytest.mark.parametrize("which", ["written", "ours"])
def test_actionlint_finds_nothing(which, request):
    done = tool("actionlint", "-no-color", cwd=request.getfixturevalue(which))

    assert (done.returncode, done.stdout) == (0, ""), done.stderr


@pytest.mark.parametrize("which", ["written", "ours"])
def test_zizmor_finds_nothing(which, request):
    done = tool("zizmor", "--offline", "--no-progress", ".", cwd=request.getfixturevalue(which))

    assert done.returncode == 0, done.stdout
    assert "No findings to report" in done.stdout


def test_the_checkers_see_what_is_wrong(tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / ".github/workflows").mkdir(parents=True)
    (tmp_path / ".github/workflows/bad.yml").write_text(
        "on: pull_request_target\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n"
        "      - uses: actions/checkout@v4\n"
        "      - run: echo ${{ github.event.pull_request.title }} ${{ nothing.at.all }}\n"
    )

    assert tool("actionlint", cwd=tmp_path).returncode == 1
    assert tool("zizmor", "--offline", "--no-progress", ".", cwd=tmp_path).returncode > 1


def test_shellcheck_finds_nothing():
    done = tool("shellcheck", "-x", *map(str, SCRIPTS), cwd=CHECKOUT)

    assert (done.returncode, done.stdout) == (0, "")


def test_every_script_that_is_run_stops_at_the_first_failure():
    for script in SCRIPTS:
        text = script.read_text("utf-8")
        assert ("set -euo pipefail" in text) is text.startswith("#!/usr/bin/env bash\n")


def every_use(text):
    return re.findall(r"^\s*(?:- )?uses: (.*)$", text, re.MULTILINE)


def test_every_action_of_others_is_pinned_to_a_commit_and_says_its_version():
    files = [*WORKFLOWS.values(), GITHUB[".github/actions/policyctl/action.yml"].decode()]
    files += [file.read_text("utf-8") for file in (CHECKOUT / ".github/workflows").glob("*.yml")]
    uses = [use for text in files for use in every_use(text)]

    assert len(uses) > 10
    for use in uses:
        assert re.fullmatch(
            r"\$/\.github/[\w./-]+|[\w-]+/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", use
        ), use
    assert len({use for use in uses if "actions/checkout@" in use}) == 1


@pytest.mark.parametrize("path", sorted(WORKFLOWS))
def test_a_workflow_grants_nothing_that_a_job_does_not_ask_for(path):
    workflow = yaml.safe_load(WORKFLOWS[path])

    assert workflow["permissions"] == {}
    for job in workflow["jobs"].values():
        assert job["permissions"]["contents"] in ("read", "write")
        for step in job.get("steps", ()):
            assert "${{" not in step.get("run", "")


def test_what_judges_pull_requests_knows_no_secret_and_writes_no_content():
    for name in ("policies.yml", "policy-check.yml"):
        text = WORKFLOWS[f".github/workflows/{name}"]
        assert "secrets" not in text
        assert "contents: write" not in text
        assert "pull_request_target" not in text


def test_a_verdict_about_another_base_does_not_count_for_this_one():
    """A check belongs to a commit, and stays green when a pull request gets another base."""
    text = WORKFLOWS[".github/workflows/policies.yml"]
    asked = yaml.safe_load(text)[True]["pull_request"]  # YAML 1.1 reads 'on' as true

    merged = yaml.safe_load(WORKFLOWS[".github/workflows/policy-merged.yml"])
    assert asked["branches"] == merged[True]["push"]["branches"]
    assert set(asked["types"]) == {"opened", "synchronize", "reopened", "edited"}


def test_keys_are_in_environments_only():
    for text in WORKFLOWS.values():
        for job in yaml.safe_load(text)["jobs"].values():
            assert ("secrets." in str(job)) is ("environment" in job)


def test_no_script_of_ci_approves():
    said = "printf 'Approve with your own key, on this branch: "
    lines = [line for file in SCRIPTS for line in file.read_text("utf-8").splitlines()]

    assert [line for line in lines if "approve " in line and not line.strip().startswith("#")] == [
        line for line in lines if line.strip().startswith(said)
    ]


def test_the_version_that_is_installed_is_this_one():
    pinned = f"policyctl=={policyctl.__version__}"
    places = {**WORKFLOWS, "action": GITHUB[".github/actions/policyctl/action.yml"].decode()}
    gitlab = ci_files(Forge.GITLAB)[".gitlab/policyctl.yml"].decode()

    found = re.findall(r"policyctl==\d[\w.]*", "".join([*places.values(), gitlab]))

    assert len(found) == 5
    assert set(found) == {pinned}


def test_the_action_documents_each_input_and_the_workflow_passes_ones_that_exist():
    action = yaml.safe_load(GITHUB[".github/actions/policyctl/action.yml"])
    reusable = yaml.safe_load(WORKFLOWS[".github/workflows/policy-check.yml"])
    step = reusable["jobs"]["check"]["steps"][-1]

    assert all(item["description"] for item in action["inputs"].values())
    assert step["with"].keys() <= action["inputs"].keys()
    assert step["with"].keys() == reusable[True]["workflow_call"]["inputs"].keys()
