"""The workflow after a merge: verification, what is kept, and the signed checkpoint."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def run(origin, job):
    return job(origin.clone(), "push", {})


def test_it_verifies_and_keeps_changelog_and_signers(run):
    done = run.script("merged.sh", "verify")

    assert done.code == 0, done.log
    kept = run.folder / "temp/policyctl-merged"
    assert sorted(file.name for file in kept.iterdir()) == [
        *("CHANGELOG.md", "allowed_signers", "verify.json", "verify.txt")
    ]
    assert json.loads((kept / "verify.json").read_bytes())["status"] == "pass"
    assert "team-assistant" in (kept / "CHANGELOG.md").read_text()
    assert "    verified" in done.summary


def test_a_wrong_pin_fails_and_still_leaves_the_report(run):
    done = run.script("merged.sh", "verify", PIN="ab" * 32)

    assert done.code == 4
    kept = run.folder / "temp/policyctl-merged"
    assert json.loads((kept / "verify.json").read_bytes())["status"] == "fail"


def test_with_a_key_the_checkpoint_reaches_the_forge_and_the_notes_are_kept(run, origin, people):
    done = run.script("merged.sh", "checkpoint", KEY=(people / "erin").read_text(), TOKEN="t")

    assert done.code == 0, done.log
    assert done.outputs == {"exports": "true"}
    tags = origin.author.git("-C", str(origin.bare), "tag")
    assert tags == "policyctl/checkpoint/1\n"
    signed = run.folder / "temp/policyctl-signed"
    assert (signed / "notes.txt").read_text()
    assert [file.name for file in signed.glob("*.dsse.json")] == [
        "team-assistant.000001.erin.dsse.json"
    ]
    assert not list(run.folder.rglob("key"))


def test_where_nothing_grew_a_second_run_is_no_failure(run, origin, people):
    for _ in range(2):
        done = run.script("merged.sh", "checkpoint", KEY=(people / "erin").read_text(), TOKEN="t")

    assert done.code == 0, done.log
    assert origin.author.git("-C", str(origin.bare), "tag") == "policyctl/checkpoint/1\n"


def test_without_a_key_nothing_is_signed_and_that_is_said(run):
    done = run.script("merged.sh", "checkpoint", KEY="")

    assert (done.code, done.outputs) == (0, {"exports": "false"})
    assert any("no checkpoint was made" in line for line in done.commands)


def test_a_key_that_may_not_sign_checkpoints_makes_none(run, origin, people):
    done = run.script("merged.sh", "checkpoint", KEY=(people / "ada").read_text(), TOKEN="t")

    assert done.code == 1
    assert origin.author.git("-C", str(origin.bare), "tag") == ""
