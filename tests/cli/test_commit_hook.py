"""``policyctl hook commit-msg``, run by git itself while it commits."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

POLICY = "policies/team-assistant.yaml"
UNRECORDED = f"policyctl: note: {POLICY} changes, and no entry of the ledger records it\n"
RECORD = "  = instead of git commit: policyctl record team-assistant --rationale '...'\n"


@pytest.fixture
def hooked(recorded):
    """A clone with the hook."""
    done = recorded.run("hook", "install")
    assert done.code == 0, done.err
    return recorded


def commit(world, *arguments, message="a change"):
    """Commit; the exit code, and what the one who commits reads."""
    who = ("-c", "user.name=Erin", "-c", "user.email=erin@example.org")
    done = subprocess.run(
        ["git", *who, "commit", "-q", "-m", message, *arguments],
        cwd=world.folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def edit(world, old="records: 2000", new="records: 5000", path=POLICY):
    content = world.read(path).decode()
    assert old in content
    world.write(path, content.replace(old, new))


def test_an_edit_that_no_entry_records_is_named_with_the_command_that_records_it(hooked):
    edit(hooked)
    hooked.git("add", ".")

    assert commit(hooked) == (0, UNRECORDED + RECORD)


@pytest.mark.parametrize("how", [("-a",), (POLICY,), ("--only", POLICY), ("--include", POLICY)])
def test_what_git_commits_counts_and_not_what_its_index_held_before(hooked, how):
    edit(hooked)

    assert commit(hooked, *how) == (0, UNRECORDED + RECORD)


def test_what_is_not_part_of_the_commit_does_not_count(hooked):
    edit(hooked)
    hooked.write("README.md", "hello\n")
    hooked.git("add", "README.md")

    assert commit(hooked) == (0, "")


@pytest.mark.parametrize(
    ("change", "said", "advice"),
    [
        (
            lambda world: edit(world, "stage: logging", "stage: limited"),
            "changes",
            "take the stage back to 'logging' in the file, then: policyctl promote team-assistant "
            "--to limited --rationale '...' --events FILE",
        ),
        (
            lambda world: edit(world, "stage: logging", "stage: enforce"),
            "changes",
            "take the stage back to 'logging' in the file, then: policyctl promote team-assistant, "
            "one stage at a time",
        ),
        (
            lambda world: (world.folder / POLICY).unlink(),
            "is removed",
            "put the file back, then: policyctl retire team-assistant --rationale '...'",
        ),
        (
            lambda world: world.write(POLICY, "no: policy\n"),
            "changes",
            "instead of git commit: policyctl record team-assistant --rationale '...'",
        ),
    ],
)
def test_the_advice_fits_the_change(hooked, change, said, advice):
    change(hooked)

    shown = f"policyctl: note: {POLICY} {said}, and no entry of the ledger records it\n"
    assert commit(hooked, "-a") == (0, f"{shown}  = {advice}\n")


def test_a_stage_that_goes_back_by_hand_is_a_demotion(hooked, events):
    asked = ("--to", "limited", "--rationale", "measured", "--events", events)
    assert hooked.run("promote", "team-assistant", *asked, by="erin").code == 0
    edit(hooked, "stage: limited", "stage: logging")

    assert "policyctl demote team-assistant --to logging --rationale" in commit(hooked, "-a")[1]


def test_a_new_policy_is_recorded_instead_of_committed(hooked):
    text = hooked.read(POLICY).replace(b"team-assistant", b"second")
    hooked.write("policies/second.yaml", text)
    hooked.git("add", ".")

    code, said = commit(hooked)

    assert code == 0
    assert said.startswith("policyctl: note: policies/second.yaml is new, and no entry")
    assert "policyctl record second --rationale" in said


def test_what_policyctl_recorded_is_merged_squashed_picked_and_amended_in_silence(hooked):
    hooked.git("switch", "-q", "-c", "change")
    edit(hooked)
    assert hooked.run("record", "team-assistant", "--rationale", "why", by="erin").code == 0
    message = hooked.git("log", "-1", "--format=%B")
    assert "Policy-Entry: 2 sha256:" in message

    assert commit(hooked, "--amend", message=message) == (0, "")
    hooked.git("switch", "-q", "main")
    hooked.write("app.py", "print()\n")
    hooked.git("add", ".")
    assert commit(hooked) == (0, "")
    hooked.git("merge", "-q", "--squash", "change")
    assert commit(hooked, message=message) == (0, "")


def test_a_redacted_entry_still_records_its_content(hooked):
    edit(hooked)
    assert hooked.run("record", "team-assistant", "--rationale", "a name", by="erin").code == 0
    asked = ("redact", "team-assistant", "2", "--rationale", "a name")
    assert hooked.run(*asked, by="erin").code == 0
    hooked.write(POLICY, hooked.read(POLICY).replace(b"5000", b"6000"))
    assert commit(hooked, "-a") == (0, UNRECORDED + RECORD)
    hooked.write(POLICY, hooked.read(POLICY).replace(b"6000", b"5000"))

    assert commit(hooked, "-a") == (0, "")


@pytest.mark.parametrize(
    "trailers",
    [
        "Policy-Approved-By: sam (security)",
        "policy-approved-by: sam (security)",
        f"Policy-Id: team-assistant\nPolicy-Entry: 1 sha256:{'0' * 64}",
        f"Policy-Id: ../../x\nPolicy-Entry: 1 sha256:{'0' * 64}",
        f"Policy-Root: 1 sha256:{'0' * 64}",
    ],
)
def test_trailers_that_no_entry_stands_behind_are_called_out(hooked, trailers):
    names = ", ".join(line.partition(":")[0] for line in trailers.splitlines())

    code, said = commit(hooked, "--allow-empty", message=f"a change\n\n{trailers}\n")

    assert code == 0
    assert said == (
        "policyctl: note: the message has trailers of policyctl that no entry stands behind: "
        f"{names}\n"
        "  = leave them out: policyctl writes them, and they prove nothing by themselves\n"
    )


def test_comments_and_the_diff_below_the_message_hold_no_trailers(hooked):
    file = hooked.folder / "message"
    file.write_text(
        "a change\n# Policy-Approved-By: sam\n"
        "# ------------------------ >8 ------------------------\nPolicy-Approved-By: sam\n"
    )

    assert hooked.run("hook", "commit-msg", str(file)).err == ""


def test_a_policy_and_a_deployment_in_one_commit_are_called_out(hooked):
    edit(hooked)
    assert hooked.run("record", "team-assistant", "--rationale", "why", by="erin").code == 0
    edit(hooked, "5000", "6000")
    hooked.write("deploy/chart.yaml", "x: y\n")
    hooked.git("add", ".")

    code, said = commit(hooked)

    assert code == 0
    assert f"it changes {POLICY} together with deploy/chart.yaml\n" in said
    assert "give the policy a commit of its own" in said


def test_a_merge_mixes_what_others_kept_apart_and_nothing_is_said_of_it(hooked):
    hooked.git("switch", "-q", "-c", "change")
    edit(hooked)
    assert hooked.run("record", "team-assistant", "--rationale", "why", by="erin").code == 0
    hooked.write("deploy/chart.yaml", "x: y\n")
    hooked.git("add", ".")
    assert commit(hooked) == (0, "")
    hooked.git("switch", "-q", "main")
    hooked.git("merge", "-q", "--no-ff", "--no-commit", "change")

    assert commit(hooked) == (0, "")


@pytest.mark.parametrize("way", ["setting", "option"])
def test_it_refuses_where_that_is_asked_for(hooked, way):
    hook = hooked.folder / ".git/hooks/commit-msg"
    if way == "setting":
        hooked.git("config", "policyctl.commitMsg", "refuse")
    else:
        hook.write_text(hook.read_text().replace('"$1"', '--refuse "$1"'))
    edit(hooked)
    before = hooked.state()

    code, said = commit(hooked, "-a")

    assert code == 1
    assert said.startswith(UNRECORDED.replace("note", "refused") + RECORD)
    assert "git commit --no-verify" in said
    assert hooked.state() == before
    assert commit(hooked, "-a", "--no-verify") == (0, "")


def test_a_setting_that_means_nothing_is_told_and_stops_no_commit(hooked):
    hooked.git("config", "policyctl.commitMsg", "perhaps")
    edit(hooked)

    code, said = commit(hooked, "-a")

    assert code == 0
    assert said == (
        "policyctl: policyctl.commitMsg is 'perhaps'\n  = set it to 'warn' or 'refuse'\n"
    )


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        ("policyctl.toml", ""),
        ("nothing", "policyctl: cannot read nowhere: No such file or directory\n"),
    ],
)
def test_what_cannot_be_looked_at_stops_no_commit(hooked, spoil, said):
    hooked.write(spoil, "[lint\n")
    file = hooked.folder / ".git/HEAD" if spoil == "policyctl.toml" else Path("nowhere")

    done = hooked.run("hook", "commit-msg", str(file))

    assert (done.code, done.out, done.err) == (0, "", said)
    assert hooked.run("hook", "commit-msg", "--refuse", "nowhere").code == 1


def test_the_first_commit_of_a_repository_and_one_that_is_not_governed_pass(empty):
    empty.git("init", "-q")
    assert empty.run("hook", "install").code == 0
    empty.write("README.md", "hello\n")
    empty.git("add", ".")

    assert commit(empty) == (0, "")


def test_an_index_elsewhere_is_not_believed(hooked, monkeypatch, tmp_path):
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))

    done = hooked.run("hook", "commit-msg", "--refuse", str(hooked.folder / ".git/HEAD"))

    assert done.code == 1
    assert "GIT_INDEX_FILE does not name an index of this repository" in done.err


def other_hook(world, words, name="commit-msg"):
    file = world.folder / ".git/hooks" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"#!/bin/sh\n{words}\n")
    file.chmod(0o755)
    return file


def test_a_hook_that_was_there_still_runs_first_and_can_still_refuse(recorded):
    other_hook(recorded, 'echo "theirs: $(cat "$1")" >&2; grep -q ticket "$1"')

    done = recorded.run("hook", "install")

    assert "before    it runs commit-msg.before-policyctl, the hook that was there" in done.out
    edit(recorded)
    assert commit(recorded, "-a") == (1, "theirs: a change\n")
    said = "theirs: ticket 7\n" + UNRECORDED + RECORD
    assert commit(recorded, "-a", message="ticket 7") == (0, said)


def test_installing_again_keeps_what_was_there(recorded):
    theirs = other_hook(recorded, "echo theirs >&2")
    text = theirs.read_text()
    for _ in range(3):
        assert recorded.run("hook", "install").code == 0

    assert (theirs.parent / "commit-msg.before-policyctl").read_text() == text
    assert commit(recorded, "--allow-empty") == (0, "theirs\n")


def test_no_hook_of_others_is_lost_where_two_are_in_the_way(recorded):
    theirs = other_hook(recorded, "echo theirs >&2")
    assert recorded.run("hook", "install").code == 0
    theirs = other_hook(recorded, "echo a second one >&2")

    done = recorded.run("hook", "install")

    assert done.code == 2
    assert "are both hooks of others" in done.err
    assert "a second one" in theirs.read_text()
    assert "theirs" in (theirs.parent / "commit-msg.before-policyctl").read_text()


def test_a_hook_that_already_runs_ours_stays_in_charge(hooked):
    ours = hooked.folder / ".git/hooks/commit-msg"
    ours.rename(ours.with_name("commit-msg.legacy"))
    theirs = other_hook(hooked, 'echo theirs >&2; exec "$(dirname "$0")/commit-msg.legacy" "$@"')
    text = theirs.read_text()

    done = hooked.run("hook", "install")

    assert done.code == 0
    assert "run by    commit-msg, the hook that stays" in done.out
    assert theirs.read_text() == text
    edit(hooked)
    assert commit(hooked, "-a") == (0, "theirs\n" + UNRECORDED + RECORD)


def test_hooks_that_stand_elsewhere_are_not_written_to(recorded):
    recorded.git("config", "core.hooksPath", ".githooks")

    done = recorded.run("hook", "install")

    assert done.code == 2
    assert "core.hooksPath (local) says that hooks are in .githooks" in done.err
    assert "let the hook there run 'policyctl hook commit-msg \"$1\"'" in done.err


def test_a_policyctl_that_is_gone_stops_no_commit(hooked):
    hook = hooked.folder / ".git/hooks/commit-msg"
    hook.write_text(hook.read_text().replace(sys.executable, "/nowhere/python"))
    edit(hooked)

    said = "policyctl: /nowhere/python is gone, so the policies were not looked at\n"
    assert commit(hooked, "-a") == (0, said)


def test_the_hook_works_in_a_linked_worktree_and_below_the_top(hooked, tmp_path):
    hooked.git("worktree", "add", "-q", str(tmp_path / "linked"), "-b", "other")
    file = tmp_path / "linked" / POLICY
    file.write_text(file.read_text().replace("2000", "5000"))
    linked = type(hooked)(file.parent, hooked.keys, hooked.capture)

    assert commit(linked, "-a") == (0, UNRECORDED + RECORD)
    assert os.path.lexists(hooked.folder / ".git/hooks/commit-msg")
