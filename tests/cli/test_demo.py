"""The demo plays the whole story, and what it leaves can be explored."""

from __future__ import annotations

import os
import subprocess

import pytest

from policyctl.adapters.demo_stage import DemoStage
from policyctl.usecases.demo import STORY


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    import sys

    folder = tmp_path_factory.mktemp("demo") / "fresh"
    done = subprocess.run(
        [sys.executable, "-P", "-m", "policyctl", "demo", str(folder)],
        capture_output=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "HOME": "/nonexistent"},
    )
    return done, folder


def test_it_plays_to_the_end(played):
    done, _ = played

    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    for said in (
        "gate not met",
        "gate met",
        "refused",
        "approved entry 3 of team-assistant as sam (security)",
        "verified · 1 policy, 3 entries, 4 signatures",
        'Good "policyctl/approve/security" signature for sam',
        "UNRECORDED_CHANGE",
        "APPROVALS_MISSING",
        "ROOT_MISSING",
    ):
        assert said in done.stdout


def test_the_repository_it_leaves_verifies(played, shell):
    _, folder = played

    assert shell("verify", cwd=folder).code == 0
    status = subprocess.run(
        ["git", "status", "--porcelain"], cwd=folder, capture_output=True, check=True
    )
    assert status.stdout == b""


def test_it_never_writes_into_a_folder_that_holds_something(shell, tmp_path):
    (tmp_path / "mine").write_text("x")

    done = shell("demo", str(tmp_path))

    assert done.code == 2
    assert "is not empty" in done.err
    assert os.listdir(tmp_path) == ["mine"]


def test_a_folder_that_no_path_can_hold_is_refused_before_anything_is_made(shell, tmp_path):
    done = shell("demo", "a:b")

    assert (done.code, done.out) == (2, "")
    assert done.err == (
        f"policyctl: {tmp_path}/a:b has a ':' in it, which no PATH can hold\n"
        "  = name another folder: policyctl demo DIR\n"
    )
    assert not (tmp_path / "a:b").exists()


@pytest.mark.parametrize("inside", ["demo", "policies/demo"])
def test_a_folder_in_a_governed_repository_is_refused_before_anything_is_made(recorded, inside):
    before, held = recorded.state(), sorted(recorded.folder.rglob("*"))

    done = recorded.run("demo", inside)

    assert (done.code, done.out) == (2, "")
    assert done.err == (
        f"policyctl: {recorded.folder}/{inside} lies in the governed repository {recorded.folder},"
        " and the demo makes one of its own\n"
        "  = name a folder outside of it: policyctl demo DIR\n"
    )
    assert (recorded.state(), sorted(recorded.folder.rglob("*"))) == (before, held)


def test_the_demo_leaves_a_repository_around_it_alone(tmp_path_factory):
    around = tmp_path_factory.mktemp("around")
    subprocess.run(["git", "init", "-q", str(around)], check=True)
    stage = DemoStage(around / "demo", coloured=False, width=80)

    stage.prepare()
    code, printed = stage.run(STORY[0].steps[0].command)

    assert (code, "governed" in printed) == (0, True), printed
    assert (around / "demo/.policyctl/root/0001.json").exists()
    assert sorted(os.listdir(around)) == [".git", "demo"]
    assert not list((around / ".git/refs/heads").iterdir())
