"""``policyctl doctor`` explains each set-up that is broken: what is wrong, and what to do."""

from __future__ import annotations

import json
import os
import subprocess
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError

from policyctl.adapters.doctor.extras import extra_checks


def checks(world, *more, by="erin"):
    """Health, message and hint of each thing, by its name."""
    report = json.loads(world.run("doctor", "--format", "json", *more, by=by).out)
    return {
        item["name"]: (item["health"], item["message"], item["hint"])
        for item in report["result"]["checks"]
    }


def program(folder, name, script):
    """A program of this name, alone in a folder."""
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    file.chmod(0o755)
    return folder


def test_a_git_that_is_too_old_is_named_with_its_version(recorded, shell, tmp_path):
    folder = program(tmp_path / "bin", "git", "echo git version 2.20.1")

    done = shell("doctor", cwd=recorded.folder, PATH=str(folder))

    assert done.code == 1
    said = (
        "repair  git: git is too old: git version 2.20.1\n          = install git 2.34 or newer\n"
    )
    assert said in done.out
    assert "Traceback" not in done.err


def test_an_ssh_keygen_that_cannot_sign_is_named(recorded, monkeypatch, tmp_path):
    folder = program(tmp_path / "bin", "ssh-keygen", "echo unknown option -- Y >&2; exit 1")
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    assert checks(recorded)["ssh-keygen"] == (
        "repair",
        f"{folder}/ssh-keygen cannot sign files",
        "install OpenSSH 8.1 or newer",
    )


def test_a_key_file_that_holds_no_key_is_named(recorded, tmp_path):
    key = tmp_path / "broken"
    key.write_text("not a key\n", encoding="ascii")
    key.chmod(0o600)
    (tmp_path / "broken.pub").write_text("ssh-ed25519 AAAA\n", encoding="ascii")

    health, message, hint = checks(recorded, "--key", str(key), by="")["signing key"]

    assert (health, hint) == ("repair", "make one with 'ssh-keygen -t ed25519'")
    assert message.startswith(f"the key {key} cannot be used: ")


def test_a_passphrase_without_an_agent_and_an_agent_that_is_gone_are_named(
    recorded, tmp_path, monkeypatch
):
    key = tmp_path / "locked"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-f", key], check=True)
    assert checks(recorded, "--key", str(key), by="")["ssh agent"] == (
        "advice",
        f"{key} has a passphrase and no agent holds it, so each signature asks for it",
        f'eval "$(ssh-agent)" && ssh-add {key}',
    )
    assert "ssh agent" not in checks(recorded)

    monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "gone"))
    assert checks(recorded)["ssh agent"] == (
        "advice",
        f"no agent answers at {tmp_path / 'gone'}, which SSH_AUTH_SOCK names",
        "eval \"$(ssh-agent)\", then 'ssh-add'",
    )


def test_a_key_that_was_revoked_is_told_from_one_that_was_never_known(recorded):
    keys = recorded.keys
    for by, option in (("ada", "--add-key"), ("ada", "--revoke-key")):
        other = "mallory" if option == "--add-key" else by
        asked = ("root", "propose", option, f"ada={keys / f'{other}.pub'}")
        done = recorded.run(*asked, "--rationale", "a new laptop", by="erin")
        assert done.code == 0, done.err

    health, message, hint = checks(recorded, by="ada")["signer"]

    assert health == "advice"
    assert message.endswith(" was that of 'ada' and has been revoked")
    assert "policyctl root show" in hint
    assert checks(recorded, by="mallory")["signer"][0] == "fine"


def test_the_hook_is_named_where_it_is_absent_old_not_executable_or_elsewhere(recorded, tmp_path):
    install = "policyctl hook install"
    name = "commit-msg hook"
    assert checks(recorded)[name] == ("advice", "it is not installed in this clone", install)

    recorded.run("hook", "install")
    assert checks(recorded)[name][0] == "fine"

    hook = recorded.folder / ".git/hooks/commit-msg"
    hook.chmod(0o644)
    said = f"{hook} cannot be executed, so git passes over it"
    assert checks(recorded)[name] == ("repair", said, install)

    hook.chmod(0o755)
    hook.write_text(hook.read_text(encoding="utf-8") + "# 0.0.1\n", encoding="utf-8")
    said = f"{hook} was written by another policyctl than this"
    assert checks(recorded)[name] == ("advice", said, install)
    recorded.run("hook", "install")
    assert checks(recorded)[name][0] == "fine"

    recorded.git("config", "core.hooksPath", str(tmp_path / "theirs"))
    health, said, hint = checks(recorded)[name]
    assert (health, f"hooks are in {tmp_path / 'theirs'}" in said) == ("advice", True)
    assert "unset core.hooksPath" in hint
    program(tmp_path / "theirs", "commit-msg", 'exec policyctl hook commit-msg "$1"')
    assert checks(recorded)[name][0] == "fine"


def test_gits_drivers_are_named_where_they_are_absent_or_of_another_policyctl(recorded):
    name, install = "git's drivers", "policyctl hook install"
    recorded.run("hook", "install")
    assert checks(recorded)[name] == ("fine", "git shows policies in policy terms", "")

    recorded.git("config", "diff.policyctl.textconv", "/gone/python -m policyctl hook textconv")
    said = "they were set up by another policyctl than this"
    assert checks(recorded)[name] == ("advice", said, install)

    recorded.git("config", "--unset", "diff.policyctl.textconv")
    said = ".gitattributes names them, and this clone lacks diff.policyctl.textconv"
    assert checks(recorded)[name] == ("advice", said, install)

    recorded.write(".gitattributes", "policies/** -text\n")
    said = ".gitattributes does not have git show policies in policy terms"
    assert checks(recorded)[name][:2] == ("advice", said)


def test_the_governed_branch_is_named_or_what_makes_it_unclear(recorded, tmp_path, shell):
    name = "governed branch"
    assert checks(recorded)[name] == ("fine", "it is main", "")

    recorded.git("config", "policyctl.branch", "release")
    assert checks(recorded)[name][:2] == (
        "advice",
        "policyctl.branch says 'release', and there is no such branch",
    )

    recorded.git("config", "--unset", "policyctl.branch")
    recorded.git("branch", "master", "HEAD~1")
    clone = tmp_path / "clone"
    recorded.git("clone", "-q", "--no-checkout", str(recorded.folder), str(clone))
    subprocess.run(["git", "remote", "set-head", "origin", "--delete"], cwd=clone, check=True)
    said = shell("doctor", cwd=clone).out
    assert "advice  governed branch: 'origin/main' and 'origin/master' may both be the main" in said
    assert "= 'git remote set-head origin --auto' says which branch it is" in said


def test_git_without_a_name_for_its_user_is_named_with_the_commands_to_give_one(recorded):
    assert checks(recorded)["git's user"] == (
        "advice",
        "git was not told user.name and user.email, so it may refuse commits of your own",
        "git config --global user.name 'Your Name' && "
        "git config --global user.email you@example.org",
    )

    recorded.git("config", "user.name", "Erin")
    assert checks(recorded)["git's user"][2] == "git config --global user.email you@example.org"

    recorded.git("config", "user.email", "erin@example.org")
    assert checks(recorded)["git's user"][0] == "fine"


def test_a_clock_that_is_behind_the_ledger_is_named(recorded):
    content = recorded.read("policies/team-assistant.yaml")
    assert checks(recorded)["clock"][0] == "fine"

    recorded.write("policies/team-assistant.yaml", content + b"sensitivity: L2\n")
    ahead = f"{datetime.now(UTC).year + 2}-01-01T00:00:00Z"
    asked = ("record", "team-assistant", "--rationale", "x", "--now", ahead)
    assert recorded.run(*asked, by="erin").code == 0

    health, message, hint = checks(recorded)["clock"]
    assert health == "repair"
    assert f"the last entry of 'team-assistant' is from {ahead}" in message
    assert hint.startswith("set the clock; ")


def test_the_verifiers_memory_is_named_where_it_cannot_be_read_or_kept(recorded, own_world):
    name = "verifier's memory"
    folder = own_world / ".local/state/policyctl"
    assert not folder.exists()
    assert checks(recorded)[name] == ("fine", f"{folder} will be made by 'verify'", "")

    recorded.run("verify")
    assert checks(recorded)[name] == ("fine", "a rollback of this ledger would be noticed", "")

    [file] = folder.glob("*.json")
    file.write_text("{", encoding="ascii")
    health, message, hint = checks(recorded)[name]
    assert (health, f"{file} is damaged" in message) == ("repair", True)
    assert "policyctl verify --forget" in hint

    file.unlink()
    assert checks(recorded)[name][0] == "advice"
    folder.chmod(0o755)
    said = f"others may look into {folder}, so it is not used"
    assert checks(recorded)[name] == ("repair", said, f"chmod 700 {folder}")


def test_a_cache_in_the_place_of_something_else_is_named(recorded, own_world):
    (own_world / ".cache").mkdir()
    (own_world / ".cache/policyctl").write_text("a file", encoding="ascii")

    health, message, hint = checks(recorded)["cache"]

    assert (health, hint) == ("repair", "remove it")
    assert "is not a folder of yours" in message


def test_packages_that_are_left_out_are_named_with_the_command_that_brings_them():
    def version(package):
        if package == "duckdb":
            return "1.5.0"
        raise PackageNotFoundError(package)

    found = {check.name: (check.message, check.hint) for check in extra_checks(version)}

    assert found["extra 'terraform'"] == (
        "python-hcl2 is not installed, which is needed for 'import' and 'drift' from Terraform "
        "files",
        "pip install 'policyctl[terraform]'",
    )
    assert found["extra 'spark'"][1] == "pip install 'policyctl[spark]'"
    assert found["extras"] == ("duckdb 1.5.0", "")
    assert "extra 'evidence'" not in found
