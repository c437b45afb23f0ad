"""Bad input: one clear message each, with what to do, and nothing changed."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess

import pytest

POLICY = "policies/team-assistant.yaml"
PROMOTE = ("promote", "team-assistant", "--to", "limited", "--rationale", "measured")


def refused(world, *arguments, by="erin", code=2):
    """Run a command that must fail, and must leave everything as it was."""
    before = world.state()
    done = world.run(*arguments, by=by)
    assert done.code == code, done.err
    assert world.state() == before
    assert "Traceback" not in done.err
    return done.err


def test_outside_a_git_repository(tmp_path, shell):
    done = shell("verify", cwd=tmp_path)

    assert done.code == 2
    assert done.err == f"policyctl: {tmp_path} is not in a git repository\n  = run 'git init'\n"


def test_in_an_empty_repository(tmp_path, shell):
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)

    for command in (("verify",), ("log",), ("promote", "x", "--to", "limited", "--rationale", "y")):
        done = shell(*command, cwd=tmp_path)

        assert done.code in (2, 3), done.err
        assert "policyctl init" in done.err


def test_in_a_repository_that_is_not_governed(tmp_path, shell):
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / "README").write_text("x")
    git = ["git", "-C", str(tmp_path), "-c", "user.name=x", "-c", "user.email=x@example.org"]
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-qm", "x"], check=True)

    assert shell("verify", cwd=tmp_path).code == 3
    done = shell("log", cwd=tmp_path)
    assert (done.code, done.err) == (
        2,
        "policyctl: this repository is not governed yet: its last commit has no .policyctl/\n"
        "  = run 'policyctl init'\n",
    )


def test_without_a_signing_key(recorded, events):
    message = refused(recorded, *PROMOTE, "--events", events, by="")

    assert message.startswith("policyctl: no SSH signing key was found\n")
    assert "ssh-keygen -t ed25519" in message


def test_with_a_signing_key_that_is_not_there(recorded, events):
    message = refused(recorded, *PROMOTE, "--events", events, by="nobody")

    assert "nobody" in message


def test_without_git(tmp_path, shell, recorded):
    binaries = tmp_path / "bin"
    binaries.mkdir()

    done = shell("verify", cwd=recorded.folder, PATH=str(binaries))

    assert done.code == 2
    assert "git was not found" in done.err


def test_without_git_validate_still_works(tmp_path, shell, recorded):
    binaries = tmp_path / "bin"
    binaries.mkdir()

    assert shell("validate", cwd=recorded.folder, PATH=str(binaries)).code == 0


def test_without_ssh_keygen(tmp_path, shell, recorded, events):
    binaries = tmp_path / "bin"
    binaries.mkdir()
    (binaries / "git").symlink_to(shutil.which("git"))

    done = shell(
        *PROMOTE,
        *("--events", events, "--key", str(recorded.keys / "erin")),
        cwd=recorded.folder,
        PATH=str(binaries),
    )

    assert done.code == 2
    assert "ssh-keygen" in done.err


def test_on_a_detached_head(recorded, events):
    recorded.git("checkout", "-q", "--detach")

    message = refused(recorded, *PROMOTE, "--events", events)

    assert message == (
        "policyctl: no branch is checked out (HEAD is detached)\n  = git switch main\n"
    )


@pytest.mark.parametrize("staged", [False, True])
def test_with_changes_in_the_policy(recorded, events, staged):
    recorded.write(POLICY, recorded.read(POLICY) + b"# later\n")
    if staged:
        recorded.git("add", POLICY)

    message = refused(recorded, *PROMOTE, "--events", events)

    word = "staged" if staged else "modified"
    assert f"{POLICY} is {word}, and the command would write it" in message


def test_with_a_policy_that_was_staged_and_then_changed_again(recorded):
    recorded.write(POLICY, recorded.read(POLICY) + b"# staged\n")
    recorded.git("add", POLICY)
    recorded.write(POLICY, recorded.read(POLICY) + b"# and more\n")

    message = refused(recorded, "record", "team-assistant", "--rationale", "x")

    assert "was staged and then changed again" in message


def test_what_else_is_staged_stays_staged(recorded, events):
    recorded.write("other.txt", "x")
    recorded.git("add", "other.txt")

    assert recorded.run(*PROMOTE, "--events", events, by="erin").code == 0

    assert recorded.git("status", "--porcelain") == "A  other.txt\n"


def test_during_a_merge(recorded, events):
    recorded.write("other.txt", "x")
    recorded.git("add", "other.txt")
    (recorded.folder / ".git/MERGE_HEAD").write_text(recorded.git("rev-parse", "HEAD"))

    assert "a merge is under way" in refused(recorded, *PROMOTE, "--events", events)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "policies/../x", "a/b", "Team", "", "x\ny", "-"]
)
def test_an_id_that_is_none(recorded, name):
    message = refused(recorded, "promote", name, "--to", "limited", "--rationale", "x")

    assert "is neither a policy's id nor the path of a policy file" in message


@pytest.mark.parametrize("name", ["../escape", "UPPER", "a--b", "x" * 100])
def test_a_new_policy_cannot_leave_the_folder(recorded, name):
    refused(recorded, "new", name, "--use-case", "public-facing", "--owner", "assistants", by="")

    assert sorted(os.listdir(recorded.folder / "policies")) == [".gitkeep", "team-assistant.yaml"]


def test_a_policy_that_is_not_recorded(recorded):
    message = refused(recorded, "promote", "no-such", "--to", "limited", "--rationale", "x")

    assert "recorded here: team-assistant" in message


def test_a_stage_that_is_none(recorded):
    message = refused(
        recorded, "promote", "team-assistant", "--to", "production", "--rationale", "x"
    )

    assert "limited" in message
    assert "enforce" in message


@pytest.mark.parametrize("rationale", ["", "  ", "two\nlines", "x" * 3000, "bell\a"])
def test_a_rationale_that_says_nothing_or_too_much(recorded, rationale):
    message = refused(
        recorded, "promote", "team-assistant", "--to", "limited", "--rationale", rationale
    )

    assert "the rationale" in message


def test_a_promotion_without_records(recorded):
    message = refused(recorded, *PROMOTE, code=1)

    assert "a promotion to 'limited' needs evidence" in message


def test_a_policy_without_threshold_owner_cannot_leave_logging(recorded, events):
    owned = b"  owner: security\n  reviewer: sam"
    recorded.write(POLICY, recorded.read(POLICY).replace(owned, b"  review_every: 90d"))
    assert recorded.run("record", "team-assistant", "--rationale", "x", by="erin").code == 0

    message = refused(recorded, *PROMOTE, "--events", events, code=1)

    assert "cannot leave 'logging' without thresholds.owner and thresholds.reviewer" in message


GOOD = (
    '{"ts": "2026-10-05T00:00:00Z", "request_id": "r1", "app": "a", "direction": "input", '
    '"detector": "prompt_attack", "level": "none", "status": "ok"}'
)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (GOOD[:60].encode(), ":1: "),
        ((GOOD + "\n" + GOOD[:40]).encode(), ":2: "),
        (gzip.compress((GOOD + "\n").encode(), mtime=0)[:-9], "ends in the middle"),
        (b"PK\x03\x04" + b"\0" * 50, "not JSON lines"),
        (b"ts,request_id\n1,2\n", ":2: the record has no "),
        (b"[1, 2]\n", ":1: "),
        (b"", "holds no records"),
        (GOOD.replace("00Z", "00").encode() + b"\n", "has no time zone"),
        (GOOD.replace('"ok"', '"ok", "label": "maybe"').encode() + b"\n", "label"),
        (GOOD.replace('"none"', '"high"').encode() + b"\n", "level"),
        (GOOD.replace('"app"', '"apps"').encode() + b"\n", "app"),
        ((GOOD + "\n").encode() * 2, "another record"),
        (b"\xff\xfe" + GOOD.encode(), ":1: "),
    ],
)
def test_records_that_cannot_be_used(recorded, tmp_path, content, said):
    events = tmp_path / "records.jsonl"
    events.write_bytes(content)

    for command in (("evidence", "team-assistant"), PROMOTE):
        message = refused(
            recorded, *command, "--events", str(events), by="erin" if command == PROMOTE else ""
        )

        assert message.count("policyctl:") == 1
        assert "records.jsonl" in message
        assert said in message


def test_records_that_are_not_there(recorded):
    message = refused(recorded, *PROMOTE, "--events", "nowhere.jsonl")

    assert "cannot read nowhere.jsonl: No such file or directory" in message


def test_a_ledger_that_does_not_verify_is_not_built_upon(recorded, events):
    entry = ".policyctl/log/team-assistant/000001.json"
    recorded.write(entry, recorded.read(entry).replace(b"a new assistant", b"nothing special"))
    recorded.git("commit", "-qam", "rewrite")

    message = refused(recorded, *PROMOTE, "--events", events, code=4)

    assert "SIG_INVALID" in message


def test_a_policy_changed_by_a_plain_commit_is_not_promoted(recorded, events):
    recorded.write(POLICY, recorded.read(POLICY).replace(b"colleagues", b"everybody"))
    recorded.git("commit", "-qam", "edit")

    message = refused(recorded, *PROMOTE, "--events", events, code=1)

    assert "changed without an entry" in message
    assert "policyctl record team-assistant" in message


def overtaken(recorded, monkeypatch, *, touch):
    """Have somebody else commit a file in the moment before a command does."""
    from policyctl.adapters.governed_repository import GovernedRepository

    commit = GovernedRepository.commit

    def slower(self, *arguments, **options):
        recorded.write(touch, b"somebody else's\n")
        recorded.git("add", "--force", touch)
        recorded.git("commit", "-q", "-m", "somebody else")
        return commit(self, *arguments, **options)

    monkeypatch.setattr(GovernedRepository, "commit", slower)


@pytest.mark.parametrize(
    "touch", [".policyctl/log/team-assistant/000009.json", ".policyctl/root/0002.json"]
)
def test_a_branch_that_moved_meanwhile_loses_nothing(recorded, events, monkeypatch, touch):
    overtaken(recorded, monkeypatch, touch=touch)

    done = recorded.run(*PROMOTE, "--events", events, by="erin")

    assert done.code == 2
    assert "the branch 'main' moved meanwhile, nothing was changed" in done.err
    assert recorded.git("log", "-1", "--format=%s") == "somebody else\n"
    assert recorded.git("status", "--porcelain") == ""


def test_what_others_committed_elsewhere_meanwhile_is_built_upon(recorded, events, monkeypatch):
    overtaken(recorded, monkeypatch, touch="README.md")

    done = recorded.run(*PROMOTE, "--events", events, by="erin")

    assert done.code == 0, done.err
    assert recorded.git("log", "-2", "--format=%s").splitlines() == [
        "policy(team-assistant): promote logging -> limited",
        "somebody else",
    ]
    assert recorded.git("status", "--porcelain") == ""


def test_init_twice(recorded):
    message = refused(recorded, "init", "--as", "erin", code=1)

    assert "governed already" in message


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--as", "Erin Example"), "cannot be your id"),
        (("--as", "erin", "--person", "sam=nowhere.pub"), "nowhere.pub"),
        (("--as", "erin", "--person", "sam"), "is not NAME=VALUE"),
        (("--as", "erin", "--role", "security=sam"), "'sam' is nobody this root knows"),
    ],
)
def test_an_init_that_cannot_be_leaves_nothing_behind(tmp_path, shell, people, arguments, said):
    folder = tmp_path / "fresh"

    done = shell("init", str(folder), "--key", str(people / "erin"), *arguments)

    assert done.code == 2, done.err
    assert said in done.err
    assert not folder.exists()


def test_init_with_two_people_and_nobody_who_approves(tmp_path, shell, people):
    done = shell(
        *("init", "x", "--as", "erin", "--key", str(people / "erin")),
        *("--person", f"sam={people / 'sam.pub'}"),
    )

    assert done.code == 2
    assert done.err == ("policyctl: nobody is named who approves\n  = --role security=WHO[,WHO]\n")


def test_one_key_for_two_people(tmp_path, shell, people):
    done = shell(
        *("init", "x", "--as", "erin", "--key", str(people / "erin")),
        *("--person", f"sam={people / 'erin.pub'}", "--role", "security=sam"),
    )

    assert done.code == 2
    assert "share a key" in done.err


def test_validate_with_nothing_to_check_is_not_a_pass(tmp_path, shell):
    done = shell("validate")

    assert done.code == 3
    assert "there is no policy file in policies/" in done.err


def test_a_bare_repository_is_no_place_to_begin(recorded, tmp_path, shell):
    recorded.git("clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))

    done = shell("validate", cwd=tmp_path / "bare.git")

    assert done.code == 3
    assert "= this is a bare repository, which has no files: clone it" in done.err


def test_an_unreadable_file_exits_2_and_names_the_reason(shell):
    done = shell("validate", "nope.yaml")

    assert (done.code, done.err) == (
        2,
        "policyctl: cannot read nope.yaml: No such file or directory\n",
    )


def test_a_closed_pipe_is_no_error(recorded, shell, tmp_path):
    import sys

    command = f"{sys.executable} -P -m policyctl log | true"
    done = subprocess.run(
        command, shell=True, cwd=recorded.folder, capture_output=True, encoding="utf-8", check=False
    )

    assert done.stderr == ""


def test_output_that_cannot_show_a_character_shows_its_escape(recorded, shell):
    done = shell("verify", cwd=recorded.folder, PYTHONIOENCODING="ascii")

    assert done.code == 0
    assert "verified \\xb7 1 policy" in done.out


def test_a_use_case_without_a_baseline_of_its_own_asks_for_one(recorded):
    message = refused(
        recorded, *("new", "nn", "--use-case", "publik", "--owner", "assistants"), by=""
    )

    assert "no baseline was made for use case 'publik'" in message
    assert "public-facing@1" in message


@pytest.mark.parametrize(
    "command",
    [
        ("approve", "nosuch"),
        ("withdraw", "nosuch"),
        ("void", "nosuch", "--rationale", "x"),
    ],
)
def test_an_unknown_policy_is_answered_with_those_that_are_recorded(recorded, command):
    assert refused(recorded, *command) == (
        "policyctl: there is no recorded policy 'nosuch'\n  = recorded here: team-assistant\n"
    )


def test_a_role_that_is_given_twice_is_answered_with_how_to_write_it(
    tmp_path, people, monkeypatch, shell
):
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    monkeypatch.setenv("POLICYCTL_KEY", str(people / "erin"))

    done = shell("init", ".", "--role", "security=sam", "--role", "security=ada", cwd=tmp_path)

    assert done.code == 2
    assert done.err.endswith(
        "policyctl: --role names 'security' twice\n  = in one: --role security=sam,ada\n"
    )


@pytest.mark.parametrize(
    "arguments", [("redact", "nosuch", "1"), ("export", "nosuch", "--format", "in-toto")]
)
def test_every_command_tells_of_an_unknown_policy_in_the_same_words(recorded, arguments):
    done = recorded.run(*arguments, by="erin")

    said = "policyctl: there is no recorded policy 'nosuch'\n  = recorded here: team-assistant\n"
    assert (done.code, done.err) == (2, said)


def test_a_misspelt_policy_is_recorded_under_its_name(recorded):
    done = recorded.run("record", "team-asistant", "--rationale", "x", by="erin")

    assert done.code == 2
    assert "= did you mean 'team-assistant'? or for a new one: policyctl new team-as" in done.err


@pytest.mark.parametrize("command", ["validate", "lint", "coverage"])
def test_where_nothing_is_governed_the_first_command_is_named(empty, command):
    done = empty.run(command)

    assert done.code == 3
    assert "  = policyctl init, then policyctl new ID …\n" in done.err


def test_records_that_are_not_there_are_told_before_the_policy_is_judged(recorded):
    text = recorded.read("policies/team-assistant.yaml").replace(b"  reviewer: sam\n", b"")
    recorded.write("policies/team-assistant.yaml", text)
    assert recorded.run("record", "team-assistant", "--rationale", "x", by="erin").code == 0

    asked = ("promote", "team-assistant", "--to", "limited", "--rationale", "x")
    done = recorded.run(*asked, "--events", "nowhere.jsonl", by="erin")

    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("policyctl: cannot read nowhere.jsonl")


@pytest.mark.parametrize("group", [(), ("root",), ("hook",), ("review",), ("records",)])
def test_no_summary_of_a_command_is_cut_off(shell, group):
    said = shell(*group, "--help", COLUMNS="80").out

    assert "..." not in said.partition("Commands:")[2]


def test_with_a_policy_that_was_deleted(recorded):
    (recorded.folder / POLICY).unlink()

    message = refused(recorded, "record", "team-assistant", "--rationale", "x")

    assert message == (
        f"policyctl: there is no {POLICY}\n"
        f"  = git restore {POLICY}, or policyctl retire team-assistant\n"
    )


def test_with_a_file_that_only_its_user_knows(recorded):
    arguments = ("--rationale", "x", "--key", str(recorded.keys / "erin"))
    assert recorded.run("retire", "team-assistant", *arguments).code == 0
    recorded.write(POLICY, "id: team-assistant\n")

    message = refused(recorded, "withdraw", "team-assistant", *arguments[2:])

    assert f"{POLICY} is untracked, and the command would write it" in message
    assert "  = move it elsewhere: git does not know it, and could not bring it back\n" in message


def test_with_a_target_that_does_not_exist(recorded):
    message = refused(recorded, "export", "team-assistant", "--target", "decode")

    assert "did you mean 'decide'? there are: " in message
