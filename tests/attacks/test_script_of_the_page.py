"""The script of ``docs/verify-without-policyctl.md`` judges every attack and every honest history.

It shares no code with policyctl, so each implementation checks the other.
"""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PAGE = HERE.parent.parent / "docs" / "verify-without-policyctl.md"

if not PAGE.exists():
    pytest.skip("no docs beside the tests: run this in a checkout", allow_module_level=True)

TEXT = PAGE.read_text(encoding="utf-8")
[SCRIPT] = re.findall(r"^```sh check\.sh\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
SHELL = shutil.which("dash") or "/bin/sh"
UNSEEN = {
    "revert_the_last_change_with_its_entry": 1,
    "go_back_to_an_older_history": 1,
    "forget_a_policy_altogether": 1,
    "strip_an_approval_above_the_threshold": 1,
    "sign_with_a_revoked_key_under_the_old_root": 1,
    "remove_the_newest_root": 1,
    "show_another_side_of_a_fork": 1,
    "go_live_and_revert_before_the_audit": 2,
    "call_an_edit_an_exception": 2,
    "suppress_a_rule_on_the_way_back": 3,
    "say_another_stage_than_the_policy": 3,
    "say_another_owner_than_the_policy": 3,
    "say_another_use_case_than_the_policy": 3,
    "extend_a_baseline_that_nobody_adopted": 3,
    "ask_a_role_for_more_than_it_has": 4,
    "govern_only_a_part": 4,
    "approve_without_touching_the_key": 6,
    "approve_with_a_plain_key_where_a_touch_is_asked_for": 6,
    "date_a_review_ahead": 8,
}
"""The attacks that the script lets pass, each with the number of what the page says of it."""
EXCUSED = (
    "call_it_an_emergency_and_never_ask",
    "date_an_emergency_ahead",
    "change_more_than_the_stage_in_an_emergency",
)
"""Emergencies in which the script misses nothing but approvals."""


def modules() -> Iterator[object]:
    """The modules of this folder that hold attacks or honest histories."""
    for file in sorted({*HERE.glob("test_*.py")} - {Path(__file__)}):
        if re.search(r"^(ATTACKS|HISTORIES) = ", file.read_text(encoding="utf-8"), re.MULTILINE):
            spec = importlib.util.spec_from_file_location(f"judged_{file.stem}", file)
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            yield module


FOUND = tuple(modules())
ATTACKS = [make for module in FOUND for make in getattr(module, "ATTACKS", ())]
HONEST = [make for module in FOUND for make in getattr(module, "HISTORIES", ())]


@pytest.fixture(scope="session")
def judge(tmp_path_factory, pin) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the script, by the plainest shell that there is, on the commit of a repository."""
    file = tmp_path_factory.mktemp("script") / "check.sh"
    file.write_text(SCRIPT, encoding="utf-8")

    def run(scene, *more, commit="HEAD", pin=pin, folder=None, **variables):
        where = folder or scene.git("rev-parse", "--absolute-git-dir")
        return subprocess.run(
            [SHELL, str(file), where, commit, pin, *more],
            capture_output=True,
            check=False,
            encoding="utf-8",
            errors="replace",
            env={**scene.world, **variables},
            cwd=scene.folder,
        )

    return run


@pytest.mark.parametrize("make", ATTACKS, ids=lambda make: make.__name__)
def test_the_script_fails_on_every_attack_that_it_claims_to_see(make, scene, elsewhere, judge):
    scene.git("switch", "-q", "-c", "attack")
    make(*(scene, elsewhere)[: make.__code__.co_argcount])
    scene.commit("an improvement")

    done = judge(scene)

    if make.__name__ in UNSEEN:
        assert (done.returncode, done.stderr) == (0, "")
    else:
        assert done.returncode == 1
        assert done.stderr.startswith("FAIL: ")
        assert done.stdout == ""


@pytest.mark.parametrize("history", HONEST, ids=lambda history: history.__name__)
def test_the_script_passes_every_honest_history(history, scene, judge):
    done = judge(history(scene))

    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"ok: trust root \d, \d+ entries\n", done.stdout)


def test_what_an_emergency_owes_is_let_be_only_where_that_is_asked(scene, judge):
    words = ("--to", "logging", "--rationale", "it blocks orders", "--emergency")
    scene.do("demote", "team-assistant", *words, by="sam")

    assert judge(scene).stderr.endswith("an approval is missing, or not needed\n")
    assert judge(scene, "--pending").stdout == "ok: trust root 1, 6 entries\n"
    assert judge(scene, "--anyway").returncode == 2

    entry = scene.last("team-assistant")
    scene.sign("team-assistant", entry, "sam", "security")
    scene.commit()
    assert "self-approval" in judge(scene, "--pending").stderr


@pytest.mark.parametrize("attack", [make for make in ATTACKS if "emergency" in make.__name__])
def test_an_emergency_that_is_pending_excuses_nothing_else(attack, scene, judge):
    attack(scene)
    scene.commit()

    found = judge(scene, "--pending")

    if attack.__name__ in EXCUSED:
        assert (found.returncode, found.stderr) == (0, "")
    else:
        assert found.stderr.startswith("FAIL: ")


def test_a_tombstone_is_judged_by_what_its_stewards_signed(scene, judge):
    """Every part of a redaction is held: the list of signatures, who may sign, and the record."""
    policy = "team-assistant"
    scene.do("redact", policy, "2", "--rationale", "a name", by="erin")
    scene.do("approve", policy, "--yes", by="sam")
    assert judge(scene).stdout == "ok: trust root 1, 6 entries\n"
    home = ".policyctl/log/team-assistant/000002"

    def refused(change):
        change()
        scene.commit()
        reason = judge(scene).stderr
        scene.git("reset", "-q", "--hard", "HEAD~1")
        return reason.removeprefix("FAIL: ")

    steward = scene.read(f"{home}.tombstone.erin.sig")
    approval = scene.read(f"{home}.json.sam.security.sig")
    assert "is no steward's" in refused(lambda: scene.write(f"{home}.tombstone.sam.sig", steward))
    assert "is no steward's" in refused(lambda: scene.remove(f"{home}.tombstone.erin.sig"))
    assert "is not valid" in refused(lambda: scene.write(f"{home}.json.pia.security.sig", approval))
    assert "names other signatures" in refused(
        lambda: scene.write(
            f"{home}.json.sam.security.sig",
            scene.read(".policyctl/log/team-assistant/000003.json.sam.security.sig"),
        )
    )


def test_the_exceptions_are_attacks_and_stand_on_the_page():
    listed = TEXT.partition("## What the script does not check")[2]
    numbers = [int(number) for number in re.findall(r"^(\d)\. ", listed, re.MULTILINE)]

    assert numbers == list(range(1, len(numbers) + 1))
    assert set(UNSEEN.values()) <= set(numbers)
    assert set(UNSEEN) <= {make.__name__ for make in ATTACKS}


def test_the_script_needs_the_programs_that_the_page_names_and_each_of_them(tmp_path, base, judge):
    named = re.search(r"nothing but (.*?)\. It shares", TEXT, re.DOTALL)[1]
    programs = {*re.findall(r"`(\w[\w-]*)`", named)}
    assert {"sh", "git", "ssh-keygen", "sha256sum"} <= programs
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in programs:
        (tools / name).symlink_to(shutil.which(name))

    done = judge(base, PATH=str(tools))

    assert (done.returncode, done.stderr) == (0, "")
    for name in programs - {"sh"}:
        (tools / name).unlink()
        assert judge(base, PATH=str(tools)).returncode > 1, name
        (tools / name).symlink_to(shutil.which(name))


def test_the_script_ends_where_the_pin_or_the_commit_is_not_there(base, judge, tmp_path):
    assert judge(base, pin="0" * 64).stderr == "FAIL: trust root 1 is not the pinned one\n"
    for options in ({"commit": "nowhere"}, {"commit": "-h"}, {"commit": ""}, {"pin": ""}):
        done = judge(base, **options)
        assert done.returncode not in (0, None)
        assert done.stdout == ""
    assert judge(base, folder=str(tmp_path)).returncode != 0


def test_the_script_leaves_no_file_behind(base, judge, tmp_path):
    assert judge(base, TMPDIR=str(tmp_path)).returncode == 0
    assert judge(base, pin="0", TMPDIR=str(tmp_path)).returncode == 1
    assert list(tmp_path.iterdir()) == []


def test_neither_the_surroundings_nor_the_repository_steer_the_script(scene, judge, tmp_path):
    mark = tmp_path / "ran"
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\necho $0 >> {mark}\nexec cat\n")
    trap.chmod(0o755)
    for name in ("core.fsmonitor", "core.sshCommand", "filter.x.smudge", "filter.x.clean"):
        scene.git("config", name, str(trap))
    scene.git("config", "gpg.ssh.program", str(trap))
    scene.git("config", "core.hooksPath", str(tmp_path))
    (scene.folder / ".git/info/attributes").write_text("* filter=x export-subst\n")
    scene.git("replace", "HEAD:policies/pii.yaml", "HEAD:policies/team-assistant.yaml")
    lies = {"GIT_DIR": "/nowhere", "GIT_OBJECT_DIRECTORY": "/nowhere", "GIT_INDEX_FILE": "/nowhere"}

    done = judge(scene, **lies, GIT_CONFIG_COUNT="1", GIT_EXTERNAL_DIFF=str(trap))

    assert (done.returncode, done.stderr) == (0, "")
    assert not mark.exists()


def test_a_replaced_object_hides_nothing_from_the_script(scene, judge):
    path = "policies/team-assistant.yaml"
    honest = scene.git("rev-parse", f"HEAD:{path}")
    scene.edit(path, "stage: limited", "stage: enforce")
    scene.commit()
    scene.git("replace", scene.git("rev-parse", f"HEAD:{path}"), honest)
    assert "stage: limited" in scene.git("show", f"HEAD:{path}")

    assert judge(scene).stderr == f"FAIL: {path} is not what entry 3 recorded\n"


def test_an_object_that_is_promised_elsewhere_is_not_fetched(scene, judge, tmp_path):
    mark = tmp_path / "ran"
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {mark}\n")
    trap.chmod(0o755)
    scene.write("policies/lost.yaml", "of one commit only\n")
    scene.commit()
    oid = scene.git("rev-parse", "HEAD:policies/lost.yaml")
    (scene.folder / ".git/objects" / oid[:2] / oid[2:]).unlink()
    for name, value in (
        ("core.repositoryFormatVersion", "1"),
        ("extensions.partialClone", "origin"),
        ("remote.origin.promisor", "true"),
        ("remote.origin.url", f"ext::{trap}"),
        ("protocol.ext.allow", "always"),
    ):
        scene.git("config", name, value)
    subprocess.run(
        ["git", "cat-file", "blob", oid],
        cwd=scene.folder,
        env=dict(scene.world),
        capture_output=True,
        check=False,
    )
    assert mark.exists(), "plain git runs it"
    mark.unlink()

    done = judge(scene)

    assert done.returncode not in (0, None)
    assert done.stdout == ""
    assert not mark.exists()
