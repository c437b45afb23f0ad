"""``policyctl doctor`` names what does not work here, and says what to do."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time

import jsonschema
import pytest

from policyctl.adapters.resources import shipped


def looked_at(world, *more, by="erin"):
    """Health and message of each thing, by its name."""
    report = json.loads(world.run("doctor", "--format", "json", *more, by=by).out)
    return {
        check["name"]: (check["health"], check["message"]) for check in report["result"]["checks"]
    }


def test_all_is_well_in_a_repository_in_use(recorded):
    done = recorded.run("doctor", by="erin")

    assert (done.code, done.err) == (0, "")
    assert done.out.endswith("nothing to repair\n")
    assert looked_at(recorded)["signer"] == (
        "fine",
        "the trust root knows the key as that of 'erin'",
    )


def test_the_report_fits_its_schema(recorded):
    schema = json.loads(shipped("schemas").joinpath("report.v1.json").read_text())
    [rule] = [
        item["then"]
        for item in schema["allOf"]
        if item["if"]["properties"]["command"] == {"const": "doctor"}
    ]

    report = json.loads(recorded.run("doctor", "--format", "json").out)

    jsonschema.validate(report, rule)
    assert report["status"] == "pass"


def test_outside_a_repository_the_rest_is_still_told(world, tmp_path, shell):
    done = shell("doctor", cwd=tmp_path)

    assert done.code == 1
    assert "ssh-keygen" in done.out
    assert f"repair  repository: {tmp_path} is not in a git repository\n" in done.out


def test_without_git_the_rest_is_still_told(recorded, shell, tmp_path):
    done = shell("doctor", cwd=recorded.folder, PATH=str(tmp_path))

    assert done.code == 1
    assert "repair  git: git was not found\n          = install git 2.34 or newer\n" in done.out
    assert "repair  ssh-keygen: ssh-keygen was not found\n" in done.out
    assert "Traceback" not in done.err


def test_a_key_that_nobody_knows_or_others_may_read_is_named(recorded, tmp_path):
    found = looked_at(recorded, by="mallory")
    assert found["signer"][0] == "advice"
    assert "belongs to nobody whom the trust root knows" in found["signer"][1]

    key = tmp_path / "open"
    key.write_bytes((recorded.keys / "erin").read_bytes())
    (tmp_path / "open.pub").write_bytes((recorded.keys / "erin.pub").read_bytes())
    key.chmod(0o644)
    assert looked_at(recorded, "--key", str(key), by="")["signing key"] == (
        "repair",
        f"others may read {key}",
    )

    key.unlink()
    assert looked_at(recorded, "--key", f"{key}.pub", by="")["signing key"] == (
        "repair",
        f"only the public half of {key}.pub is here, and no agent holds the other",
    )


def test_nobody_is_asked_for_a_passphrase(recorded, tmp_path):
    key = tmp_path / "locked"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-f", key], check=True)

    assert looked_at(recorded, "--key", str(key), by="")["signing key"] == (
        "fine",
        f"{key} can sign, and will ask for its passphrase",
    )
    (tmp_path / "locked.pub").unlink()
    health, said = looked_at(recorded, "--key", str(key), by="")["signing key"]
    assert (health, f"{key} has a passphrase" in said) == ("advice", True)


def test_a_key_that_was_named_and_is_not_there_is_to_repair(recorded, tmp_path):
    assert looked_at(recorded, by="")["signing key"][0] == "advice"

    missing = tmp_path / "missing"
    assert looked_at(recorded, "--key", str(missing), by="")["signing key"] == (
        "repair",
        f"the signing key {missing} was not found",
    )


def test_a_key_in_gits_settings_is_looked_for_in_the_agent(recorded):
    line = (recorded.keys / "erin.pub").read_text().strip()
    recorded.git("config", "user.signingkey", f"key::{line}")

    health, said = looked_at(recorded, by="")["signing key"]

    assert (health, "no agent holds its private half" in said) == ("repair", True)


def shallow(world):
    (world.folder / ".git/shallow").write_text(world.git("rev-parse", "HEAD"))


def replaced(world):
    head = world.git("rev-parse", "HEAD:policies/team-assistant.yaml").strip()
    other = world.git("rev-parse", "HEAD:.gitattributes").strip()
    world.git("replace", head, other)


def grafted(world):
    (world.folder / ".git/info").mkdir(exist_ok=True)
    (world.folder / ".git/info/grafts").write_text(world.git("rev-parse", "HEAD"))


def filtered(world):
    (world.folder / ".git/info").mkdir(exist_ok=True)
    (world.folder / ".git/info/attributes").write_text("policies/** filter=evil\n")


def converted(world):
    world.git("config", "core.autocrlf", "true")
    world.write(".gitattributes", "*.sh text\n")


def normalised(world):
    world.write(".gitattributes", "* text=auto\n")


def sparse(world):
    world.git("update-index", "--refresh")  # git takes away only files that it has looked at
    world.git("sparse-checkout", "set", "--no-cone", "/policies")


def executable(world):
    world.git("update-index", "--chmod=+x", "policies/team-assistant.yaml")
    world.git("commit", "-q", "-m", "executable")


def detached(world):
    world.git("checkout", "-q", "--detach")


def old_lock_of_git(world):
    lock = world.folder / ".git/index.lock"
    lock.write_bytes(b"")
    os.utime(lock, (0, time.time() - 7200))


def young_lock_of_git(world):
    (world.folder / ".git/index.lock").write_bytes(b"")


def left_behind(world):
    (world.folder / ".git/policyctl-index-abc").mkdir()


@pytest.mark.parametrize(
    ("spoil", "name", "health", "said"),
    [
        (shallow, "history", "advice", "the clone is shallow"),
        (replaced, "replaced objects", "advice", "makes git show other content"),
        (grafted, "grafts", "advice", "makes git show another history"),
        (filtered, "attributes", "repair", "git runs 'filter=evil' over policies/team-assistant.y"),
        (converted, "line endings", "repair", "core.autocrlf is true"),
        (normalised, "line endings", "repair", "text is auto"),
        (sparse, "governed files", "repair", "not in the working tree"),
        (sparse, "sparse checkout", "advice", "git leaves files out"),
        (executable, "file modes", "repair", "policies/team-assistant.yaml: no plain file"),
        (detached, "branch", "advice", "no branch is checked out"),
        (old_lock_of_git, "git's lock", "repair", "120 minutes old, and no git command is at work"),
        (young_lock_of_git, "git's lock", "advice", "0 minutes old, and may be in use"),
        (left_behind, "leftovers", "repair", "left policyctl-index-abc behind"),
    ],
)
def test_each_thing_that_breaks_us_has_its_sentence(recorded, spoil, name, health, said):
    spoil(recorded)

    done = recorded.run("doctor", "--format", "json")
    checks = json.loads(done.out)["result"]["checks"]
    [check] = [item for item in checks if item["name"] == name]

    assert (check["health"], bool(check["hint"])) == (health, True)
    assert said in check["message"]
    assert (
        done.code == (1 if "repair" in done.out.split('"result"')[1] else 0) or health == "advice"
    )


def test_reading_the_attributes_runs_no_filter(recorded, tmp_path):
    filtered(recorded)
    recorded.git("config", "filter.evil.clean", f"touch {tmp_path / 'ran'}; cat")
    recorded.git("config", "core.fsmonitor", f"touch {tmp_path / 'ran'}")
    os.utime(recorded.folder / "policies/team-assistant.yaml", (1, 1))

    recorded.run("doctor")
    recorded.run("doctor", "--repair")

    assert not (tmp_path / "ran").exists()


def test_repair_removes_what_nobody_needs_and_says_so_once(recorded):
    left_behind(recorded)
    old_lock_of_git(recorded)

    done = recorded.run("doctor", "--repair")

    assert done.code == 0
    assert done.out.splitlines()[:2] == [
        "repaired  removed policyctl-index-abc",
        f"repaired  removed {recorded.folder / '.git/index.lock'}, which no git command holds",
    ]
    assert "repaired" not in recorded.run("doctor", "--repair").out
    assert recorded.git("status", "--porcelain") == ""


def test_repair_never_removes_a_lock_that_may_be_in_use(recorded):
    young_lock_of_git(recorded)
    recorded.run("doctor", "--repair")
    assert (recorded.folder / ".git/index.lock").exists()

    old_lock_of_git(recorded)
    script = "import sys, time; open('/proc/self/comm', 'w').write('git'); print(); time.sleep(60)"
    with subprocess.Popen(
        ["python3", "-uc", script], cwd=recorded.folder, stdout=subprocess.PIPE
    ) as git:
        git.stdout.readline()
        recorded.run("doctor", "--repair")
        git.kill()
    assert (recorded.folder / ".git/index.lock").exists()


def test_a_lock_from_another_machine_is_taken_by_repair_once_it_is_old(recorded):
    lock = recorded.folder / ".git/policyctl.lock"
    process = {
        "pid": 1,
        "host": "elsewhere",
        "machine": "m",
        "boot": "b",
        "space": "",
        "started": "",
    }
    lock.write_text(json.dumps({"process": process, "since": "long ago", "act": "promote x"}))

    assert looked_at(recorded)["lock"][0] == "advice"
    assert socket.gethostname() != "elsewhere"

    os.utime(lock, (0, time.time() - 3600))
    assert looked_at(recorded)["lock"][0] == "repair"
    done = recorded.run("doctor", "--repair")
    assert done.out.startswith(
        "repaired  took the lock policyctl.lock from "
        "'promote x' (process 1 on elsewhere, since long ago)\n"
    )
    assert done.code == 0
    assert not lock.exists()


def test_a_cache_that_others_may_look_into_is_made_private_again(recorded, own_world):
    folder = own_world / ".cache/policyctl"
    assert "will be made" in looked_at(recorded)["cache"][1]
    assert not folder.exists()

    folder.mkdir(parents=True)
    folder.chmod(0o755)
    assert looked_at(recorded)["cache"][0] == "repair"
    assert f"repaired  made {folder} yours alone\n" in recorded.run("doctor", "--repair").out
    assert looked_at(recorded)["cache"] == ("fine", f"{folder} is yours alone")


def test_hooks_and_pipelines_are_found_where_they_are(recorded):
    before = looked_at(recorded)
    assert (before["pre-commit"][0], before["pipeline"][0]) == ("advice", "advice")

    hook = recorded.folder / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\n")
    hook.chmod(0o755)
    recorded.write(".gitlab-ci.yml", "verify:\n  script: policyctl verify\n")

    after = looked_at(recorded)
    assert after["pre-commit"] == ("fine", "policies are checked before each commit")
    assert after["pipeline"] == ("fine", ".gitlab-ci.yml runs policyctl")


def test_commands_work_in_a_folder_below_a_worktree_and_a_submodule(recorded, tmp_path, shell):
    verified = "verified · 1 policy, 1 entry"
    linked, outer = tmp_path / "linked", tmp_path / "outer"
    recorded.git("worktree", "add", "-q", "-b", "side", str(linked))
    subprocess.run(["git", "init", "-q", outer], check=True)
    allow = ("-c", "protocol.file.allow=always")
    subprocess.run(
        ["git", *allow, "submodule", "--quiet", "add", str(recorded.folder), "inner"],
        cwd=outer,
        check=True,
        capture_output=True,
    )
    text = recorded.read("policies/team-assistant.yaml").replace(b"2000", b"2500")

    for place in (recorded.folder / "policies", linked / ".policyctl", outer / "inner/policies"):
        assert verified in shell("verify", cwd=place).out, place
        assert shell("doctor", cwd=place).code == 0, place
    for top in (linked, outer / "inner"):
        (top / "policies/team-assistant.yaml").write_bytes(text)
        key = str(recorded.keys / "erin")
        done = shell(
            *("record", "team-assistant", "--rationale", "more", "--key", key),
            cwd=top / "policies",
        )
        assert done.code == 0, done.err
        status = subprocess.run(
            ["git", "status", "--porcelain"], cwd=top, capture_output=True, check=True
        )
        assert status.stdout == b""
        assert "1 policy, 2 entries" in shell("verify", cwd=top).out
    assert verified in shell("verify", cwd=recorded.folder).out


def test_git_dir_is_not_followed_and_doctor_says_so(recorded, tmp_path, shell):
    other = tmp_path / "other"
    subprocess.run(["git", "init", "-q", other], check=True)

    environment = {"GIT_DIR": str(other / ".git")}
    assert shell("verify", cwd=recorded.folder, **environment).code == 0
    said = shell("doctor", cwd=recorded.folder, **environment).out
    assert (
        "environment: GIT_DIR set for git: policyctl works on the repository it stands in" in said
    )
    away = shell("verify", cwd=tmp_path, GIT_DIR=str(recorded.folder / ".git"))
    assert away.code == 2
    assert f"{tmp_path} is not in a git repository" in away.err


def test_a_new_policy_says_where_it_was_written_if_nothing_governs_it_there(tmp_path, shell):
    done = shell("new", "helper", "--use-case", "public-facing", "--owner", "me")

    assert done.code == 0
    assert (tmp_path / "policies/helper.yaml").exists()
    assert f"  in        {tmp_path}\n" in done.out
    assert "no ledger is kept there, so nothing governs the policy yet" in done.out
    more = shell("new", "more", "--use-case", "public-facing", "--owner", "me", "--format", "json")
    assert (
        json.loads(more.out)["result"] | {"folder": str(tmp_path), "governed": False}
        == (json.loads(more.out)["result"])
    )


def test_a_new_policy_in_a_governed_repository_needs_no_such_words(world, shell):
    done = world.run("new", "helper", "--use-case", "public-facing", "--owner", "erin")

    assert done.out.splitlines()[-1] == ("  next      policyctl record helper --rationale '...'")
    assert "no ledger" not in done.out
