"""The workflow that prepares a promotion: what it signs, what it opens, and what it never does."""

from __future__ import annotations

import shutil

import pytest

RECORDS = "records/sample.jsonl.gz"
ASKED = {
    "BASE_BRANCH": "main",
    "EVENTS": RECORDS,
    "POLICY": "team-assistant",
    "RATIONALE": "measured for two weeks",
    "STAGE": "limited",
    "TOKEN": "t",
}


@pytest.fixture
def run(origin, job, events):
    """A job in a clone that holds detection records."""
    author = origin.author
    (author.folder / "records").mkdir()
    shutil.copy(events, author.folder / RECORDS)
    author.git("add", ".")
    author.git("commit", "-qm", "records")
    origin.push("main")
    return job(origin.clone(), "workflow_dispatch", {})


def branches(origin):
    return origin.author.git("-C", str(origin.bare), "branch", "--format=%(refname:short)").split()


def test_without_a_key_it_judges_the_gate_and_says_what_a_person_runs(run, origin, api):
    done = run.script("promote.sh", **ASKED)

    assert done.code == 0, done.log
    assert "Nothing was signed" in done.summary
    assert (
        "    policyctl promote team-assistant --to limited"
        f" --rationale measured\\ for\\ two\\ weeks --events {RECORDS} \n"
    ) in done.summary
    assert (branches(origin), api.pulls) == (["main"], [])


def test_with_a_key_it_opens_a_pull_request_that_still_lacks_every_approval(
    run, origin, api, people
):
    done = run.script("promote.sh", KEY=(people / "ada").read_text(), **ASKED)

    assert done.code == 0, done.log
    branch = "policyctl/promote-team-assistant-limited-4711-1"
    assert branches(origin) == ["main", branch]
    [pull] = api.pulls
    assert (pull["head"], pull["base"]) == (branch, "main")
    assert pull["title"] == "promote team-assistant to limited"
    assert pull["body"].startswith("Asked for by @octocat. Whoever asked should not approve.\n")
    author = origin.author
    author.git("fetch", "-q", str(origin.bare), branch)
    author.git("switch", "-q", "--detach", "FETCH_HEAD")
    assert "measured for two weeks (asked for by @octocat)" in author.run("log").out
    judged = author.run("verify", "--base", "main")
    assert judged.code == 1
    assert "security" in judged.out
    assert not list(run.folder.rglob("key"))


def test_a_gate_that_is_not_met_opens_nothing(run, origin, api, people):
    few = run.workspace / "few.jsonl"
    few.write_text("")

    done = run.script(
        "promote.sh", **{**ASKED, "EVENTS": "few.jsonl"}, KEY=(people / "ada").read_text()
    )

    assert done.code != 0
    assert (branches(origin), api.pulls) == (["main"], [])


def test_a_key_that_nobody_has_signs_nothing(run, origin, api, people):
    done = run.script("promote.sh", **ASKED, KEY=(people / "mallory").read_text())

    assert done.code != 0
    assert (branches(origin), api.pulls) == (["main"], [])


def test_inputs_that_are_not_what_they_should_be_are_refused(run):
    for name, value in (
        ("POLICY", "x; touch PWNED"),
        ("POLICY", "--help"),
        ("STAGE", "logging"),
        ("RATIONALE", "two\nlines"),
        ("RATIONALE", ""),
        ("EVENTS", "../../etc/passwd"),
        ("EVENTS", "/etc/passwd"),
        ("EVENTS", "--format"),
        ("EVENTS", "absent.jsonl"),
        ("BASE_BRANCH", "--force"),
        ("PIN", "abc"),
    ):
        done = run.script("promote.sh", **{**ASKED, name: value})

        assert done.code == 2, (name, value)
        assert [line for line in done.commands if line.startswith("::error")]
        assert not list(run.workspace.rglob("PWNED"))


def test_a_rationale_with_shell_in_it_stays_text(run):
    done = run.script("promote.sh", **{**ASKED, "RATIONALE": "$(touch PWNED) `touch PWNED`"})

    assert done.code == 0, done.log
    assert not list(run.workspace.rglob("PWNED"))
    assert r"--rationale \$\(touch\ PWNED\)\ \`touch\ PWNED\`" in done.summary
