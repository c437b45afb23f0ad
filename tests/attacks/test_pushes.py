"""A bare repository with the real hook: what is pushed to it, over the file system and a daemon."""

import importlib.util
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from policyctl.adapters.git_objects import ObjectStore
from policyctl.core import paths

BOT = "team-assistant"
FILE, PII = paths.policy_path(BOT), paths.policy_path("pii")
MAIN = "refs/heads/main"
NOBODY = "0" * 40


def attacks_on(what):
    """The attacks of a module beside this one."""
    file = Path(__file__).with_name(f"test_attacks_on_{what}.py")
    spec = importlib.util.spec_from_file_location(file.stem, file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {make.__name__: (make, codes) for make, codes in module.ATTACKS.items()}


KNOWN = {
    name: attack
    for what in ("entries", "policies", "roots", "signatures")
    for name, attack in attacks_on(what).items()
}
PUSHED = (
    "move_the_stage_by_hand",
    "add_a_policy_without_an_entry",
    "delete_a_policy",
    "link_to_a_policy",
    "add_a_policy_that_differs_in_case",
    "add_a_folder_that_differs_in_case",
    "add_a_name_that_steers_terminals",
    "edit_the_evidence",
    "remove_a_baseline",
    "edit_the_rationale_of_an_old_entry",
    "skip_a_stage_with_everybodys_signature",
    "delete_everything_but_the_policies",
    "strip_an_old_approval",
    "approve_ones_own_change",
    "approve_with_the_key_of_another_role",
    "make_a_new_root_signed_by_its_own_stewards",
    "remove_the_trust_root",
)


class Server:
    """A bare repository with the hook, and somebody who pushes to it."""

    def __init__(self, scene, folder, pin):
        self.scene, self.folder = scene, folder
        scene.git("clone", "-q", "--bare", "--template=", str(scene.folder), str(folder))
        self.git("config", "policyctl.pin", pin)
        done = scene.policyctl("hook", "install", str(folder))
        assert done.code == 0, done.err
        assert done.out.startswith(f"wrote {folder}/hooks/pre-receive\n")
        self.url = str(folder)

    def git(self, *arguments):
        return self.scene.git("-C", str(self.folder), *arguments)

    def refs(self):
        return self.git("for-each-ref", "--format=%(refname) %(objectname)")

    def push(self, *refs, **variables):
        """Push; the exit code and what the terminal shows."""
        done = subprocess.run(
            ["git", "push", "--porcelain", self.url, *refs],
            cwd=self.scene.folder,
            env={**self.scene.world, **variables},
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            check=False,
        )
        said = "\n".join(line.rstrip() for line in (done.stdout + done.stderr).splitlines())
        return done.returncode, said + "\n"

    def accepts(self, *refs):
        code, said = self.push(*refs)
        assert code == 0, said

    def refuses(self, *refs):
        """What the server says; no ref moves."""
        before = self.refs()
        code, said = self.push(*refs)
        assert code == 1, said
        assert "pre-receive hook declined" in said
        assert self.refs() == before
        assert not list((self.folder / "objects").glob("tmp_objdir-*"))
        return said


@pytest.fixture
def server(scene, place, pin):
    return Server(scene, place / "server.git", pin)


@pytest.fixture
def daemon(server):
    """The same repository behind git's own protocol, on the loopback."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = ["git", "daemon", "--reuseaddr", "--export-all", "--enable=receive-pack"]
    place = [f"--base-path={server.folder.parent}", "--listen=127.0.0.1", f"--port={port}"]
    process = subprocess.Popen(
        [*command, *place],
        env=dict(server.scene.world),
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except OSError:
            time.sleep(0.02)
    server.url = f"git://127.0.0.1:{port}/{server.folder.name}"
    yield server
    os.killpg(process.pid, signal.SIGTERM)
    process.wait()


def edit(scene, policy, words, by="erin"):
    scene.write(paths.policy_path(policy), scene.read(paths.policy_path(policy)) + words.encode())
    scene.do("record", policy, "--rationale", "because", by=by)


def nothing_governed(scene):
    scene.write("app.py", "print()\n")
    scene.commit()


def a_note_beside_the_policies(scene):
    scene.write("policies/README.md", "what these are\n")
    scene.commit()


def a_recorded_edit(scene):
    edit(scene, "pii", "# more\n")


def an_edit_with_its_approval(scene):
    edit(scene, BOT, "# more\n")
    scene.do("approve", BOT, "--yes", by="sam")


def a_new_policy(scene):
    scene.write("policies/new.yaml", scene.read(PII).replace(b"id: pii", b"id: new"))
    scene.do("record", "new", "--rationale", "because", by="erin")


def a_retired_policy(scene):
    scene.do("retire", "pii", "--rationale", "not needed", by="erin")
    scene.do("approve", "pii", "--yes", by="sam")


def a_merge(scene):
    scene.git("switch", "-q", "-c", "change")
    an_edit_with_its_approval(scene)
    scene.git("switch", "-q", "main")
    edit(scene, "pii", "# meanwhile\n")
    scene.git("merge", "-q", "--no-ff", "-m", "merge", "change")


def a_squash(scene):
    scene.git("switch", "-q", "-c", "change")
    an_edit_with_its_approval(scene)
    scene.git("switch", "-q", "main")
    scene.git("merge", "-q", "--squash", "change")
    scene.git("commit", "-q", "-m", "squashed")


def a_new_root(scene):
    scene.rotate(people={**scene.root().people, "sam": scene.member("new")})
    scene.commit("a new key")


def a_new_root_and_an_entry_under_it(scene):
    a_new_root(scene)
    edit(scene, BOT, "# more\n")
    scene.do("approve", BOT, "--yes", by="new")


def a_rewritten_history_of_the_same_ledger(scene):
    scene.git("commit", "-q", "--amend", "-m", "another message")


HONEST = (
    *(nothing_governed, a_note_beside_the_policies, a_recorded_edit, an_edit_with_its_approval),
    *(a_new_policy, a_retired_policy, a_merge, a_squash, a_new_root),
    *(a_new_root_and_an_entry_under_it, a_rewritten_history_of_the_same_ledger),
)


@pytest.mark.parametrize("change", HONEST)
def test_an_honest_push_is_taken(server, change):
    change(server.scene)

    server.accepts("+HEAD:main")

    assert server.git("rev-parse", "main") == server.scene.git("rev-parse", "HEAD")


@pytest.mark.parametrize("name", PUSHED)
def test_an_attack_is_refused_and_the_pusher_reads_why(server, name):
    make, codes = KNOWN[name]
    make(server.scene)
    server.scene.commit("an improvement")

    said = server.refuses("HEAD:main")

    assert "remote: policyctl: refused: main\n" in said
    assert set(re.findall(r"^remote: ([A-Z]+(?:_[A-Z]+)+)  ", said, re.MULTILINE)) >= set(
        codes.split()
    )
    assert "\x1b[1A" not in said
    assert "\x07" not in said


def test_a_push_over_the_network_is_judged_like_any_other(daemon):
    a_recorded_edit(daemon.scene)
    daemon.accepts("HEAD:main")
    daemon.scene.edit(FILE, "stage: limited", "stage: enforce")
    daemon.scene.commit()

    said = daemon.refuses("HEAD:main")

    assert "remote: UNRECORDED_CHANGE  policies/team-assistant.yaml is not what entry 3" in said
    assert "remote:     = restore it, or record the change with 'policyctl record team" in said


def test_a_missing_approval_is_refused_and_taken_once_it_is_there(server):
    edit(server.scene, BOT, "# more\n")
    said = server.refuses("HEAD:main")
    assert (
        "remote: APPROVALS_MISSING  entry 4 of 'team-assistant' (edit) lacks 1 x security" in said
    )
    assert "remote:     = policyctl approve team-assistant" in said

    server.scene.do("approve", BOT, "--yes", by="sam")

    server.accepts("HEAD:main")


def test_an_older_ledger_is_a_rollback_although_its_tree_is_in_order(server):
    a_recorded_edit(server.scene)
    server.accepts("HEAD:main")

    said = server.refuses("+HEAD~1:main")

    assert "remote: ROLLBACK_OR_TRUNCATION  entry 3 of 'pii' was there at the last push" in said


def test_a_merge_that_leaves_out_what_the_server_has_is_a_rollback(server):
    scene = server.scene
    scene.git("switch", "-q", "-c", "side")
    nothing_governed(scene)
    scene.git("switch", "-q", "main")
    a_recorded_edit(scene)
    server.accepts("HEAD:main")
    scene.git("switch", "-q", "side")
    scene.git("merge", "-q", "-s", "ours", "-m", "up to date", "main")

    assert "ROLLBACK_OR_TRUNCATION" in server.refuses("side:main")


def test_an_entry_under_an_older_root_comes_too_late(server):
    scene = server.scene
    scene.git("switch", "-q", "-c", "late")
    edit(scene, "pii", "# under the old root\n")
    scene.git("switch", "-q", "main")
    a_new_root(scene)
    server.accepts("HEAD:main")
    scene.git("switch", "-q", "late")
    scene.git("merge", "-q", "-m", "up to date", "main")

    assert "NEW_ENTRY_UNDER_OLD_ROOT" in server.refuses("late:main")


def test_the_governed_branch_cannot_be_deleted(server):
    server.git("config", "receive.denyDeleteCurrent", "ignore")

    said = server.refuses(":main")

    assert "remote: BRANCH_DELETED  the branch 'main' is governed and cannot be deleted" in said


def test_checkpoint_tags_stay_where_they_are(server):
    scene = server.scene
    scene.do("checkpoint", by="erin")
    server.accepts("policyctl/checkpoint/1")
    nothing_governed(scene)

    moved = server.refuses("+HEAD:refs/tags/policyctl/checkpoint/1")
    deleted = server.refuses(":refs/tags/policyctl/checkpoint/1")

    assert (
        "remote: CHECKPOINT_TAG_MOVED  the checkpoint tag 'policyctl/checkpoint/1' cannot be mo"
        in moved
    )
    assert "cannot be deleted" in deleted


def test_a_checkpoint_that_would_stand_in_the_way_for_ever_is_refused(server):
    scene = server.scene
    scene.git("tag", "policyctl/checkpoint/1")
    assert "CHECKPOINT_INVALID" in server.refuses("policyctl/checkpoint/1")

    scene.git("tag", "-f", "-a", "-m", "trust me", "policyctl/checkpoint/1")
    assert "CHECKPOINT_INVALID" in server.refuses("policyctl/checkpoint/1")

    server.accepts("HEAD:refs/heads/idea")
    other = "refs/tags/Policyctl/checkpoint/1"
    assert "where the case of letters does not count" in server.refuses(f"HEAD:{other}")

    scene.git("tag", "-d", "policyctl/checkpoint/1")
    scene.do("checkpoint", by="erin")
    made = "refs/tags/policyctl/checkpoint/"
    assert "CHECKPOINT_INVALID" in server.refuses(f"{made}1:{made}2")
    server.accepts("policyctl/checkpoint/1")


def test_replacements_are_refused(server):
    scene = server.scene
    scene.git("replace", "HEAD", "HEAD~1")

    assert "REPLACEMENT_PUSHED" in server.refuses("refs/replace/*:refs/replace/*")


def test_one_bad_ref_refuses_all_of_a_push_and_other_branches_are_free(server):
    scene = server.scene
    scene.edit(FILE, "stage: limited", "stage: enforce")
    scene.commit()
    server.accepts("HEAD:refs/heads/idea", "HEAD:refs/tags/v1")

    said = server.refuses("HEAD:main", "HEAD:refs/heads/another")

    assert said.count("policyctl: refused:") == 1


def test_the_governed_branches_are_those_that_the_server_names(server):
    scene = server.scene
    for name in ("trunk", "release/*"):
        server.git("config", "--add", "policyctl.branch", name)
    scene.edit(FILE, "stage: limited", "stage: enforce")
    scene.commit()
    server.accepts("HEAD:main")

    for branch in ("trunk", "Trunk", "release/1", "release/1/a"):
        assert f"refused: {branch}\n" in server.refuses(f"HEAD:refs/heads/{branch}")


def test_another_name_of_the_governed_branch_is_governed(server):
    server.git("symbolic-ref", "refs/heads/alias", MAIN)
    server.scene.edit(FILE, "stage: limited", "stage: enforce")
    server.scene.commit()

    assert "UNRECORDED_CHANGE" in server.refuses("HEAD:refs/heads/alias")


@pytest.fixture
def empty(server):
    """A server to which nothing was pushed yet."""
    server.git("update-ref", "-d", MAIN)
    return server


def test_the_first_push_is_judged_as_a_whole_and_against_the_pin(empty, pin):
    empty.accepts("HEAD:main")
    empty.git("update-ref", "-d", MAIN)
    empty.git("config", "policyctl.pin", "ab" * 32)

    assert "ROOT_PIN_MISMATCH" in empty.refuses("HEAD:main")


def test_a_first_push_without_a_ledger_is_refused(empty):
    scene = empty.scene
    scene.git("switch", "-q", "--orphan", "nothing")
    nothing_governed(scene)
    scene.git("rm", "-rq", "--cached", "--ignore-unmatch", "policies", ".policyctl")

    said = empty.refuses("HEAD:main")

    assert "LEDGER_MISSING" in said
    assert "run 'policyctl init' before the first push" in said


def test_a_server_that_governs_nothing_yet_takes_the_ledger_when_it_comes(scene, place, pin):
    ledger = scene.git("rev-parse", "HEAD")
    scene.git("switch", "-q", "--orphan", "before")
    nothing_governed(scene)
    server = Server(scene, place / "server.git", pin)
    server.git("symbolic-ref", "HEAD", "refs/heads/before")
    scene.write("other.py", "")
    scene.commit()
    server.accepts("HEAD:before")
    scene.git("merge", "-q", "--allow-unrelated-histories", "-m", "governed", ledger)

    server.accepts("HEAD:before")

    scene.edit(FILE, "stage: limited", "stage: enforce")
    scene.commit()
    assert "UNRECORDED_CHANGE" in server.refuses("HEAD:before")


def test_policies_are_refused_while_the_governed_branch_is_not_there(empty):
    """The repository's HEAD names another branch than people use: nothing would be judged."""
    empty.git("symbolic-ref", "HEAD", "refs/heads/master")

    for ref in ("main", "idea"):
        said = empty.refuses(f"HEAD:refs/heads/{ref}")
        assert "GOVERNED_BRANCH_ABSENT" in said
        assert "what this server governs, 'master', is not there" in said
        assert "git config policyctl.branch main" in said

    empty.git("config", "policyctl.branch", "main")
    assert "GOVERNED_BRANCH_ABSENT" in empty.refuses("HEAD:refs/heads/idea")
    empty.accepts("HEAD:refs/heads/main", "HEAD:refs/heads/idea")
    empty.accepts("HEAD:refs/heads/another")


def test_a_branch_without_policies_may_come_before_the_governed_one(empty):
    scene = empty.scene
    scene.git("switch", "-q", "--orphan", "pages")
    nothing_governed(scene)
    scene.git("rm", "-rq", "--cached", "--ignore-unmatch", "policies", ".policyctl")
    scene.write("index.html", "x")
    scene.git("add", "index.html")
    scene.git("commit", "-qm", "a page")

    empty.accepts("HEAD:refs/heads/pages")


def test_a_pin_that_is_none_refuses_the_push(server):
    nothing_governed(server.scene)
    server.git("config", "policyctl.pin", "0815")

    assert "remote: policyctl: policyctl.pin is not one sha256" in server.refuses("HEAD:main")


def test_a_push_is_refused_when_the_hook_cannot_run_or_breaks(server, place):
    a_recorded_edit(server.scene)
    hook = server.folder / "hooks/pre-receive"
    text = hook.read_text()
    broken = place / "broken.py"
    broken.write_text(
        "import sys\n"
        "import policyctl.usecases.receive as receive\n"
        "def judge_push(*_, **__): raise ValueError('on purpose')\n"
        "receive.judge_push = judge_push\n"
        "from policyctl.cli import main\n"
        "sys.exit(main(['hook', 'pre-receive']))\n"
    )
    for command, words in (
        (f"exec '{sys.executable}' '{broken}'", "remote: policyctl: this is a bug in policyctl"),
        ("exec /nowhere/python -m policyctl hook pre-receive", "/nowhere/python"),
        ("kill -9 $$", ""),
    ):
        hook.write_text(f"#!/bin/sh\n{command}\n")
        assert words in server.refuses("HEAD:main")

    hook.write_text(text)
    server.accepts("HEAD:main")


def test_a_push_reads_the_files_of_the_policies_that_it_changes(server, monkeypatch):
    scene = server.scene
    read = set()
    blob = ObjectStore.blob
    monkeypatch.setattr(ObjectStore, "blob", lambda *args: read.add(args[1]) or blob(*args))
    nothing_governed(scene)
    read.clear()
    assert scene.receive("HEAD~1", "HEAD").code == 0
    assert read == set()

    a_recorded_edit(scene)
    read.clear()
    assert scene.receive("HEAD~1", "HEAD").code == 0

    tree = scene.git("ls-tree", "-r", "HEAD", paths.LOG + BOT + "/", FILE).splitlines()
    assert len(tree) > 5
    assert not {line.split()[2] for line in tree} & read
    assert scene.git("rev-parse", f"HEAD:{PII}") in read


def test_installing_says_which_branch_is_governed(server):
    done = server.scene.policyctl("hook", "install", str(server.folder))

    assert (done.code, done.out) == (
        0,
        f"wrote {server.folder / 'hooks/pre-receive'}\n  governs   main; other branches are free\n",
    )


def test_installing_says_that_the_governed_branch_is_not_there(server):
    server.scene.git("--git-dir", str(server.folder), "symbolic-ref", "HEAD", "refs/heads/master")

    done = server.scene.policyctl("hook", "install", str(server.folder))

    assert done.code == 0
    assert done.out.splitlines()[1:] == [
        "  governs   master; other branches are free",
        "  absent    master: what is pushed to another branch is not judged",
        "  next      git config policyctl.branch NAME, in the repository on the server",
    ]


def test_the_hook_does_not_replace_another_and_may_be_written_again(server):
    hook = server.folder / "hooks/pre-receive"
    assert server.scene.policyctl("hook", "install", str(server.folder)).code == 0
    hook.write_text("#!/bin/sh\nexit 0\n")

    done = server.scene.policyctl("hook", "install", str(server.folder))

    assert done.code == 2
    assert done.err.startswith(f"policyctl: {hook} is another hook, and stays as it is")
    assert hook.read_text() == "#!/bin/sh\nexit 0\n"


def test_the_hook_is_not_written_where_git_would_not_look_for_it(server):
    server.git("config", "core.hooksPath", "/elsewhere")

    done = server.scene.policyctl("hook", "install", str(server.folder))

    assert done.code == 2
    assert "core.hooksPath (local) says that hooks are in /elsewhere" in done.err


@pytest.mark.parametrize("lines", ["", "x\n", f"{NOBODY} {NOBODY} main\n", "\xff\n", f"{NOBODY}\n"])
def test_input_that_git_does_not_write_is_refused(server, shell_in, lines):
    done = shell_in(server.folder, lines)

    assert done.returncode == 2
    assert done.stderr.startswith("policyctl: standard input ")
    assert done.stdout == ""


@pytest.fixture
def shell_in(world):
    """Run the hook by hand."""

    def run(folder, lines, **variables):
        return subprocess.run(
            [sys.executable, "-P", "-m", "policyctl", "hook", "pre-receive"],
            cwd=folder,
            env={**world, **variables},
            input=lines,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    return run


def quarantine_of(folder, name="tmp_objdir-incoming-abc"):
    made = folder / "objects" / name
    made.mkdir()
    return made


def test_objects_of_a_push_are_read_from_this_repository_and_nowhere_else(
    server, shell_in, base, place
):
    line = f"{server.git('rev-parse', 'main')} {server.git('rev-parse', 'main')} {MAIN}\n"
    objects = server.folder / "objects"
    own = quarantine_of(server.folder)
    other = quarantine_of(base.copy(place / "other").folder / ".git")
    link = objects / "tmp_objdir-link"
    link.symlink_to(other)

    def run(quarantine, store, alternates):
        done = shell_in(
            server.folder,
            line,
            GIT_QUARANTINE_PATH=str(quarantine),
            GIT_OBJECT_DIRECTORY=str(store),
            GIT_ALTERNATE_OBJECT_DIRECTORIES=str(alternates),
        )
        return done.returncode, done.stderr.partition(" does not name")[0]

    assert run(own, own, objects) == (0, "")
    assert run(own, own, "objects") == (0, "")
    strange = "policyctl: GIT_QUARANTINE_PATH"
    assert run(other, other, objects) == (2, strange)
    assert run(link, link, objects) == (2, strange)
    assert run(objects, objects, objects) == (2, strange)
    assert run(own, other, objects) == (2, "policyctl: GIT_OBJECT_DIRECTORY")
    assert run("", own, objects) == (2, "policyctl: GIT_OBJECT_DIRECTORY")
    wrong = "policyctl: GIT_ALTERNATE_OBJECT_DIRECTORIES"
    assert run(own, own, f"{objects}:{other}") == (2, wrong)
    assert run(own, own, "") == (2, wrong)


def test_a_repository_with_a_working_tree_can_be_pushed_to_as_well(server, base, place):
    other = base.copy(place / "other")
    other.git("switch", "-q", "-c", "aside")
    other.git("config", "policyctl.branch", "main")
    assert other.policyctl("hook", "install", "--server").code == 0
    server.folder, server.url = other.folder / ".git", str(other.folder)
    a_recorded_edit(server.scene)
    server.accepts("HEAD:main")

    assert "ROLLBACK_OR_TRUNCATION" in server.refuses("+HEAD~1:main")


def test_verification_works_in_a_bare_repository(server):
    inside = type(server.scene)(server.folder, server.scene.keys, server.scene.world)

    assert inside.verify().codes == set()
    assert inside.verify("--base", "main", "--history").code == 0
    assert inside.policyctl("record", "pii", "--rationale", "x", by="erin").code == 2
