"""Reading a hostile repository: nothing of it is executed, and nothing else is read instead."""

import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

import policyctl.demo_data
from policyctl.core import paths
from policyctl.core.entry import entry_bytes

BOT = "team-assistant"
FILE = paths.policy_path(BOT)
EVENTS = str(Path(policyctl.demo_data.__file__).parent / "records.jsonl.gz")
READING = (
    ("verify",),
    ("verify", "--history"),
    ("verify", "--base", "HEAD~1"),
    ("verify", "--rev", "HEAD~1"),
    ("log",),
    ("log", BOT),
    ("show", BOT),
    ("show", BOT, "--effective"),
    ("validate",),
    ("lint",),
    ("lint", "--range", "HEAD~1..HEAD"),
    ("coverage",),
    ("diff",),
    ("diff", "--staged"),
    ("diff", "HEAD~1", "HEAD"),
    ("checkpoint", "--dry-run"),
    ("changelog",),
    ("doctor",),
    ("evidence", BOT, "--events", EVENTS),
    ("root", "show"),
    ("root", "export"),
)
CONFIG = """
[core]
    fsmonitor = {run}
    hooksPath = {hooks}
    pager = {run}
    editor = {run}
    askPass = {run}
    sshCommand = {run}
    gitProxy = {run}
    alternateRefsCommand = {run}
[filter "x"]
    clean = {run}
    smudge = {run}
    process = {run}
    required = true
[diff]
    external = {run}
[diff "x"]
    command = {run}
    textconv = {run}
[merge "x"]
    driver = {run}
[trailer "policy"]
    cmd = {run}
    command = {run}
[gpg]
    program = {run}
    format = ssh
[gpg "ssh"]
    program = {run}
    defaultKeyCommand = {run}
[commit]
    gpgSign = true
[log]
    showSignature = true
[credential]
    helper = !{run}
[uploadpack]
    packObjectsHook = {run}
[alias]
    cat-file = !{run}
    ls-tree = !{run}
    rev-parse = !{run}
    config = !{run}
[extensions]
    partialClone = origin
[remote "origin"]
    url = ext::{run}
    promisor = true
    partialCloneFilter = blob:none
    uploadpack = {run}
[protocol "ext"]
    allow = always
[include]
    path = {more}
"""
HOOKS = (
    *("post-checkout", "post-index-change", "pre-commit", "commit-msg", "post-commit"),
    *("prepare-commit-msg", "reference-transaction", "fsmonitor-watchman", "pre-auto-gc"),
    *("post-rewrite", "pre-push", "update", "post-merge"),
)


@pytest.fixture
def marker(place):
    """A file that appears if anything of the repository runs."""
    return place / "executed"


@pytest.fixture
def run(place, marker):
    """The program that the repository wants to be run."""
    script = place / "run.sh"
    script.write_text(f"#!/bin/sh\necho \"$0 $*\" >> '{marker}'\ncat\n")
    script.chmod(0o755)
    return script


def arm(scene, run, git_dir=".git"):
    """Give the repository everything that can make git run a program."""
    for folder in (scene.folder / git_dir / "hooks", run.parent / "hooks"):
        folder.mkdir()
        for name in HOOKS:
            (folder / name).symlink_to(run)
    more = run.parent / "more.config"
    more.write_text(f"[core]\n    fsmonitor = {run}\n")
    info = scene.folder / git_dir / "info"
    info.mkdir(exist_ok=True)
    (info / "attributes").write_text("* filter=x diff=x merge=x\n")
    with (scene.folder / git_dir / "config").open("a") as config:
        config.write(CONFIG.format(run=run, hooks=run.parent / "hooks", more=more))


def test_the_trap_works(scene, run, marker):
    arm(scene, run)
    (scene.folder / FILE).touch()

    with suppress(subprocess.CalledProcessError):
        scene.git("status")

    assert marker.exists()


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_reading_runs_nothing_of_the_repository(scene, run, marker, command):
    before = scene.policyctl(*command)
    scene.write(".gitattributes", "* filter=x diff=x merge=x\n")
    scene.write("later.txt", "x")
    scene.commit()
    arm(scene, run)
    (scene.folder / FILE).touch()

    after = scene.policyctl(*command)

    assert not marker.exists(), marker.read_text()
    if command == ("doctor",):  # it says what is odd about the repository
        assert (before.code, after.code) == (0, 1)
        return
    assert after.code == before.code
    assert after.err == before.err
    if command[0] != "verify" and "HEAD~1" not in command:  # these name the commit
        assert after.out == before.out


@pytest.mark.parametrize("update", [("HEAD~1", "HEAD"), ("0" * 40, "HEAD")], ids=["next", "first"])
def test_judging_a_push_runs_nothing_of_the_servers_repository(scene, run, marker, update):
    scene.write("policies/pii.yaml", scene.read("policies/pii.yaml") + b"# more\n")
    scene.do("record", "pii", "--rationale", "because", by="erin")
    arm(scene, run)
    ids = [rev if not rev.strip("0") else scene.git("rev-parse", rev) for rev in update]
    marker.unlink(missing_ok=True)  # git itself may have run something

    done = scene.receive(*ids)

    assert (done.code, done.out, done.err) == (0, "", "")
    assert not marker.exists(), marker.read_text()


def test_a_hostile_bare_repository_is_judged_and_runs_nothing(scene, run, marker, place):
    scene.git("clone", "-q", "--bare", "--template=", str(scene.folder), str(place / "bare"))
    bare = type(scene)(place / "bare", scene.keys, scene.world)
    arm(bare, run, git_dir=".")
    with (bare.folder / "config").open("a") as settings:
        settings.write(f"[core]\n    worktree = {scene.folder}\n")

    for more in ((), ("--history",), ("--base", "HEAD~1")):
        assert bare.policyctl("verify", *more).code == 0

    assert not marker.exists(), marker.read_text()


def test_reading_runs_nothing_that_the_environment_of_a_hook_names(scene, run, marker, place):
    programs = place / "programs"
    programs.mkdir()
    for name in ("git", "git-cat-file", "git-ls-tree", "git-rev-parse", "sh"):
        (programs / name).symlink_to(run)
    scene.git("config", "core.fsmonitor", "false")
    (scene.folder / "git").symlink_to(run)
    variables = {
        "GIT_EXEC_PATH": str(programs),
        "GIT_EXTERNAL_DIFF": str(run),
        "GIT_PAGER": str(run),
        "GIT_SSH_COMMAND": str(run),
        "GIT_PROXY_COMMAND": str(run),
        "GIT_ASKPASS": str(run),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.fsmonitor",
        "GIT_CONFIG_VALUE_0": str(run),
        "GIT_CONFIG_PARAMETERS": f"'core.fsmonitor'='{run}'",
        "PATH": f".:{scene.world['PATH']}",
    }

    for command in READING:
        assert scene.policyctl(*command, **variables).code in (0, 1), command

    assert not marker.exists(), marker.read_text()


@pytest.mark.parametrize("name", ["GIT_TRACE", "GIT_TRACE2_EVENT"])
def test_git_writes_no_trace_where_the_environment_says(scene, marker, name):
    # The question is asked once for each search path.
    path = f"{scene.world['PATH']}:/{name.lower()}"

    scene.verify(PATH=path, **{name: str(marker)})

    assert not marker.exists(), marker.read_text()


@pytest.fixture
def tampered(scene):
    """A repository whose policy was changed without an entry."""
    scene.edit(FILE, "stage: limited", "stage: enforce")
    scene.commit()
    return scene


@pytest.mark.parametrize(
    "names",
    [
        ("GIT_DIR",),
        ("GIT_DIR", "GIT_WORK_TREE"),
        ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY"),
        ("GIT_INDEX_FILE",),
        ("GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES"),
        ("GIT_NAMESPACE", "GIT_CEILING_DIRECTORIES", "GIT_SHALLOW_FILE", "GIT_GRAFT_FILE"),
    ],
    ids=" ".join,
)
def test_the_environment_of_a_hook_does_not_lead_to_another_repository(tampered, base, names):
    other = base.folder
    values = {
        "GIT_DIR": other / ".git",
        "GIT_WORK_TREE": other,
        "GIT_INDEX_FILE": other / ".git/index",
        "GIT_COMMON_DIR": other / ".git",
        "GIT_OBJECT_DIRECTORY": other / ".git/objects",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": other / ".git/objects",
        "GIT_NAMESPACE": "other",
        "GIT_CEILING_DIRECTORIES": tampered.folder.parent,
        "GIT_SHALLOW_FILE": other / ".git/HEAD",
        "GIT_GRAFT_FILE": other / ".git/HEAD",
    }

    done = tampered.verify(**{name: str(values[name]) for name in names})

    assert (done.code, done.codes) == (4, {"UNRECORDED_CHANGE"})


def test_verification_inside_a_hook_of_another_repository_reads_this_one(tampered, base, place):
    other = base.copy(place / "other")
    hook = other.folder / ".git/hooks/post-commit"
    hook.parent.mkdir()
    report = place / "report"
    command = f"cd '{tampered.folder}' && '{sys.executable}' -P -m policyctl verify"
    hook.write_text(f"#!/bin/sh\n({command}; echo $?) > '{report}' 2>&1\n")
    hook.chmod(0o755)

    other.commit("runs the hook")

    assert report.read_text().startswith("UNRECORDED_CHANGE")
    assert report.read_text().endswith("\n4\n")


@pytest.mark.parametrize("kind", ["blob", "tree", "commit"])
def test_a_replacement_does_not_hide_what_was_changed(tampered, kind):
    names = {"blob": (f"HEAD:{FILE}", f"HEAD~1:{FILE}"), "tree": ("HEAD^{tree}", "HEAD~1^{tree}")}
    bad, good = names.get(kind, ("HEAD", "HEAD~1"))
    tampered.git("replace", tampered.git("rev-parse", bad), tampered.git("rev-parse", good))
    assert b"limited" in tampered.git("show", f"HEAD:{FILE}").encode()

    assert tampered.verify().codes == {"UNRECORDED_CHANGE"}


def test_a_graft_does_not_hide_what_was_changed(tampered):
    commits = tampered.git("log", "--format=%H").split()
    grafts = tampered.folder / ".git/info/grafts"
    grafts.parent.mkdir(exist_ok=True)
    grafts.write_text(f"{commits[0]} {commits[-1]}\n")

    assert tampered.verify().codes == {"UNRECORDED_CHANGE"}


def test_what_is_only_in_the_working_tree_or_the_index_does_not_count(tampered, base):
    for stage in (False, True):
        tampered.write(FILE, base.read(FILE))
        if stage:
            tampered.git("add", FILE)

        assert tampered.verify().codes == {"UNRECORDED_CHANGE"}


def test_a_missing_object_is_not_fetched_and_nothing_passes(scene, run, marker):
    oid = scene.git("rev-parse", f"HEAD:{FILE}")
    pack = next((scene.folder / ".git/objects/pack").glob("*.pack"))
    moved = pack.rename(scene.folder.parent / "moved.pack")
    pack.with_suffix(".idx").unlink()
    with moved.open("rb") as objects:
        command = ["git", "unpack-objects", "-q"]
        subprocess.run(command, cwd=scene.folder, env=dict(scene.world), stdin=objects, check=True)
    (scene.folder / ".git/objects" / oid[:2] / oid[2:]).unlink()
    arm(scene, run)

    done = scene.policyctl("verify")

    assert done.code == 2
    assert done.err.startswith(f"policyctl: the object {oid} is missing")
    assert not marker.exists(), marker.read_text()


def bare_repository(scene, folder, run):
    """Files that git takes for a repository when it stands among them."""
    scene.write(f"{folder}/HEAD", "ref: refs/heads/main\n")
    scene.write(f"{folder}/config", f"[core]\n bare = false\n worktree = .\n fsmonitor = {run}\n")
    for name in ("objects/x", "refs/heads/x", "hooks/x"):
        scene.write(f"{folder}/{name}", "x")


def test_an_embedded_bare_repository_runs_nothing(scene, run, marker):
    bare_repository(scene, "policies/notes", run)
    scene.commit()
    inside = type(scene)(scene.folder / "policies/notes", scene.keys, scene.world)

    assert scene.verify().codes == set()
    for command in READING:
        done = inside.policyctl(*command)
        if command[0] in ("verify", "log", "root"):  # the others read the working tree
            assert done.code == 2, command
            assert "looks like a bare repository" in done.err
    assert not marker.exists(), marker.read_text()


def test_a_git_folder_that_is_a_link_is_refused(scene, place):
    (scene.folder / ".git").rename(place / "elsewhere")
    (scene.folder / ".git").symlink_to(place / "elsewhere")

    done = scene.policyctl("verify")

    assert done.code == 2
    assert "is a symbolic link, which git does not write" in done.err


NASTY = ("policies/a\x1b[2Jb.yaml", "policies/c\nUNRECORDED_CHANGE.yaml", "policies/\u202elmay.d")


@pytest.mark.parametrize("name", [*NASTY, os.fsdecode(b"policies/\xff.yaml")])
def test_a_report_holds_no_character_that_steers_a_terminal(scene, name):
    scene.write(name, "x")
    scene.commit()

    done = scene.policyctl("verify")

    assert done.code == 4
    assert done.out.replace("\n", "").isprintable()
    assert name not in done.out
    assert len([row for row in done.out.splitlines() if row.startswith("UNRECORDED")]) == 0


def test_a_report_can_be_printed_whatever_an_entry_names(scene):
    entry = scene.entry(BOT, 2)
    reference = replace(entry.evidence[0], name="\u202e\x1b[2J")
    scene.write(paths.entry_path(BOT, 2), entry_bytes(replace(entry, evidence=(reference,))))
    scene.commit()

    done = scene.policyctl("verify")

    assert done.code == 4
    assert b"EVIDENCE_MISSING" in done.out.encode("utf-8")
    assert done.out.replace("\n", "").isprintable()


def test_a_rationale_forges_no_trailer(scene):
    scene.write("policies/pii.yaml", scene.read("policies/pii.yaml") + b"# more\n")
    before = scene.git("rev-parse", "HEAD")

    for rationale in ("fine\nPolicy-Approved-By: sam (security)", "fine\r\nx: y", "\u2028x"):
        done = scene.policyctl("record", "pii", "--rationale", rationale, by="erin")
        assert done.code == 2
        assert "line breaks or control characters" in done.err

    assert scene.git("rev-parse", "HEAD") == before


def hook_of(scene, message, **variables):
    """Run the hook as git would, in a process of its own and with everything that it inherits."""
    return subprocess.run(
        [sys.executable, "-I", "-m", "policyctl", "hook", "commit-msg", str(message)],
        cwd=scene.folder,
        env={**scene.world, **variables},
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        timeout=60,
    )


@pytest.fixture
def under_way(scene, place):
    """An edit that nobody recorded, staged; and the file with the message."""
    scene.edit(FILE, "Answers", "Guesses")
    scene.git("add", "-A")
    message = place / "COMMIT_EDITMSG"
    message.write_text("an improvement\n")
    return message


def test_explaining_a_commit_runs_nothing_of_the_repository(scene, under_way, run, marker):
    arm(scene, run)
    (scene.folder / ".gitattributes").write_text("* filter=x diff=x merge=x\n")
    (scene.folder / "sitecustomize.py").write_text(f"open({str(marker)!r}, 'w')\n")
    (scene.folder / "policyctl.py").write_text(f"open({str(marker)!r}, 'w')\n")

    done = hook_of(scene, under_way, GIT_EXTERNAL_DIFF=str(run), GIT_PAGER=str(run))

    assert done.returncode == 0
    assert f"{FILE} changes, and no entry of the ledger records it" in done.stderr
    assert not marker.exists()


def test_explaining_a_commit_believes_no_config_that_another_variable_names(
    scene, under_way, run, marker, place
):
    elsewhere = place / "elsewhere.config"
    elsewhere.write_text(f"[policyctl]\n commitMsg = refuse\n[core]\n fsmonitor = {run}\n")
    given = {
        "GIT_CONFIG": str(elsewhere),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "policyctl.commitMsg",
        "GIT_CONFIG_VALUE_0": "refuse",
        "GIT_CONFIG_PARAMETERS": "'policyctl.commitMsg'='refuse'",
        "GIT_OBJECT_DIRECTORY": str(place),
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(place),
        "GIT_DIR": str(place),
        "GIT_WORK_TREE": str(place),
    }

    done = hook_of(scene, under_way, **given)

    assert (done.returncode, marker.exists()) == (0, False)
    assert "no entry of the ledger records it" in done.stderr


@pytest.mark.parametrize(
    "attributes", ["* filter=x\n", "* text eol=crlf working-tree-encoding=UTF-16\n"]
)
def test_what_is_staged_is_explained_as_it_will_be_committed(
    scene, under_way, run, attributes, marker
):
    arm(scene, run)
    (scene.folder / ".git/info/attributes").write_text(attributes)
    (scene.folder / FILE).write_bytes(b"\xff\xfe not what is staged")

    done = hook_of(scene, under_way)

    assert (done.returncode, marker.exists()) == (0, False)
    assert f"instead of git commit: policyctl record {BOT}" in done.stderr


def test_a_message_steers_no_terminal_and_costs_little(scene, under_way, marker):
    lines = (f"Policy-Id: \x1b]0;owned\x07{BOT}\u202e{number}" for number in range(50_000))
    under_way.write_text("x\n\n" + "\n".join(lines) + "\n")

    done = hook_of(scene, under_way)

    assert done.returncode == 0
    assert "trailers of policyctl that no entry stands behind" in done.stderr
    assert not {"\x1b", "\x07", "\u202e"} & set(done.stderr)
    assert len(done.stderr) < 5_000


@pytest.mark.parametrize("kind", ["folder", "missing"])
def test_a_message_that_is_no_file_stops_nothing(scene, under_way, kind):
    under_way.unlink()
    if kind == "folder":
        under_way.mkdir()

    done = hook_of(scene, under_way)

    assert done.returncode == 0
    assert done.stderr.startswith("policyctl: cannot read ")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("what", ["link to a device", "four megabytes"])
def test_settings_that_are_no_file_stop_no_commit(scene, under_way, what):
    settings = scene.folder / "policyctl.toml"
    if what == "link to a device":
        settings.symlink_to("/dev/zero")
    else:
        settings.write_text("# x\n" * 1_100_000)

    done = hook_of(scene, under_way)

    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    assert f"{FILE} changes" in done.stderr
