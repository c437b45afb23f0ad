"""A change of branch, index and working tree is done whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import threading
from datetime import UTC, datetime

import pytest

from policyctl.adapters import unfinished_change, whole_change
from policyctl.adapters.git_location import find
from policyctl.adapters.git_writing import NewCommit, WritableStore
from policyctl.adapters.whole_change import settle, write_change
from policyctl.errors import RepositoryError
from policyctl.usecases.ports import Person

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ALICE = Person(name="Alice", email="alice@example.com")
FILES = {
    "policies/a.yaml": b"id: a\n",
    "policies/b.yaml": b"id: b\r\n",
    "src/app.py": b"pass\n",
}


def git(folder, *arguments):
    identity = ("-c", "user.name=Tester", "-c", "user.email=tester@example.com")
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, capture_output=True, check=True
    )
    return done.stdout.decode().strip("\n")


def write(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


@pytest.fixture
def repo(tmp_path):
    folder = tmp_path / "repo"
    git(tmp_path, "init", "-q", "-b", "main", "repo")
    write(folder, FILES)
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "first")
    return folder


@pytest.fixture
def store(repo):
    with WritableStore(find(repo)) as store:
        yield store


def change(store, changes, *, judged_on="HEAD", ref="refs/heads/main", keep=()):
    wanted = NewCommit(
        changes=changes, message="a change", author=ALICE, ref=ref, now=NOW, keep=keep
    )
    head = store.value("HEAD") if judged_on == "HEAD" else judged_on
    return write_change(store, wanted, judged_on=head)


def refusal(function, *arguments, **options):
    with pytest.raises(RepositoryError) as caught:
        function(*arguments, **options)
    return caught.value.message, caught.value.hint


def traces(repo):
    """What a change leaves in the git directory while it is under way."""
    names = (path.name for path in (repo / ".git").iterdir())
    return sorted(name for name in names if "policyctl" in name or name.endswith(".lock"))


def test_a_change_brings_branch_index_and_files_to_one_state(repo, store):
    changes = {"policies/a.yaml": b"new\n", "deep/er/x": b"x", "src/app.py": None}
    change(store, changes)

    assert git(repo, "status", "--porcelain") == ""
    assert (repo / "policies" / "a.yaml").read_bytes() == b"new\n"
    assert not (repo / "src").exists()
    assert sorted(path.name for path in (repo / "policies").iterdir()) == ["a.yaml", "b.yaml"]


def test_a_change_keeps_everything_else_that_is_staged_or_edited(repo, store):
    write(repo, {"policies/b.yaml": b"staged\n", "src/new.py": b"new\n"})
    git(repo, "add", ".")
    write(repo, {"policies/b.yaml": b"edited after that\n", "notes": b"untracked\n"})
    before = git(repo, "ls-files", "--stage", "policies/b.yaml", "src/new.py")

    change(store, {"policies/a.yaml": b"new\n"})

    assert git(repo, "ls-files", "--stage", "policies/b.yaml", "src/new.py") == before
    assert (repo / "policies" / "b.yaml").read_bytes() == b"edited after that\n"
    assert git(repo, "status", "--porcelain").splitlines() == [
        "MM policies/b.yaml",
        "A  src/new.py",
        "?? notes",
    ]


def test_a_change_keeps_permission_bits_and_honours_the_umask_for_new_files(repo, store):
    (repo / "policies" / "a.yaml").chmod(0o640)
    before = os.umask(0o027)
    try:
        change(store, {"policies/a.yaml": b"new\n", "fresh": b"1"})
    finally:
        os.umask(before)

    assert (repo / "policies" / "a.yaml").stat().st_mode & 0o777 == 0o640
    assert (repo / "fresh").stat().st_mode & 0o777 == 0o640


def test_a_change_writes_exact_bytes_whatever_line_endings_are_configured(repo, store):
    write(repo, {".gitattributes": b"*.yaml text eol=crlf\n"})
    git(repo, "add", ".gitattributes")
    git(repo, "commit", "-q", "-m", "attributes")
    git(repo, "config", "core.autocrlf", "true")
    changes = {"policies/a.yaml": b"one\ntwo\n"}
    change(store, changes)

    assert (repo / "policies" / "a.yaml").read_bytes() == b"one\ntwo\n"
    assert git(repo, "status", "--porcelain", "policies/a.yaml") == ""


def test_a_change_never_writes_through_a_link(repo, store, tmp_path):
    outside = tmp_path / "outside"
    write(outside, {"a.yaml": b"mine\n"})
    (repo / "policies" / "a.yaml").unlink()
    (repo / "policies" / "a.yaml").symlink_to(outside / "a.yaml")
    (repo / "linked").symlink_to(outside)
    head = store.head()

    assert refusal(change, store, {"policies/a.yaml": b"new\n"}) == (
        "policies/a.yaml changed meanwhile, so nothing was written",
        "git status -- policies/a.yaml",
    )
    for content in (b"evil\n", None):
        assert refusal(change, store, {"linked/a.yaml": content}) == (
            f"cannot write linked/a.yaml: {repo / 'linked'} is a symbolic link",
            "",
        )
    assert (outside / "a.yaml").read_bytes() == b"mine\n"
    assert store.head() == head
    assert traces(repo) == []


def test_a_path_that_is_a_folder_is_a_clear_error(repo, store):
    for content in (b"x", None):
        assert refusal(change, store, {"policies": content}) == (
            "cannot write policies: it is a folder",
            "",
        )
    assert git(repo, "status", "--porcelain") == ""
    assert sorted(path.name for path in (repo / "policies").iterdir()) == ["a.yaml", "b.yaml"]


def test_while_another_git_command_holds_the_index_nothing_is_changed(repo, store, monkeypatch):
    monkeypatch.setattr("policyctl.adapters.user_index._PAUSE", 0.001)
    (repo / ".git" / "index.lock").write_text("")
    head = store.head()

    assert refusal(change, store, {"x": b"1"}) == (
        f"another git command holds {repo / '.git' / 'index.lock'}",
        "wait until it ends; if none runs: policyctl doctor --repair",
    )
    assert traces(repo) == ["index.lock"]
    assert store.head() == head


def test_a_change_waits_for_a_git_command_that_ends_soon(repo, store):
    lock = repo / ".git" / "index.lock"
    lock.write_text("")
    timer = threading.Timer(0.2, lock.unlink)
    timer.start()

    change(store, {"x": b"1"})

    timer.join()
    assert "x" in store.index()
    assert not lock.exists()


def test_a_file_in_the_place_of_a_folder_is_seen_before_anything_is_changed(repo, store):
    (repo / "blocked").write_text("a file where a folder should be")
    head = store.head()

    assert refusal(change, store, {"blocked/x": b"1"}) == (
        f"cannot write blocked/x: {repo / 'blocked'} is not a folder",
        "",
    )
    assert store.head() == head
    assert traces(repo) == []


def test_a_file_that_cannot_be_written_is_completed_once_it_can(repo, store, monkeypatch):
    def full(target, content):
        raise OSError(errno.ENOSPC, "No space left on device", str(target))

    with monkeypatch.context() as patched:
        patched.setattr(unfinished_change, "replace", full)
        assert refusal(change, store, {"policies/a.yaml": b"new\n"}) == (
            f"cannot write {repo / 'policies/a.yaml'}: No space left on device",
            "the commit is made; then run: policyctl doctor --repair",
        )

    assert settle(store).completed
    assert git(repo, "status", "--porcelain") == ""


def test_a_change_hides_no_edit_that_the_user_made_in_the_same_instant(repo, store):
    edited, index = repo / "policies" / "b.yaml", repo / ".git" / "index"
    git(repo, "config", "core.trustctime", "false")
    before = edited.stat().st_mtime_ns
    edited.write_bytes(b"id: B\r\n")  # as long as it was
    os.utime(edited, ns=(before, before))
    os.utime(index, ns=(before, before))

    change(store, {"policies/a.yaml": b"new\n"})

    assert index.stat().st_mtime_ns == before
    assert "M policies/b.yaml" in git(repo, "status", "--porcelain")
    assert not (repo / ".git" / "index.lock").exists()


def test_an_edit_that_the_user_made_meanwhile_is_not_overwritten(repo, store):
    head = store.head()
    write(repo, {"policies/a.yaml": b"mine\n"})

    for stage in (False, True):
        if stage:
            git(repo, "add", "policies/a.yaml")
        assert refusal(change, store, {"policies/a.yaml": b"new\n"}) == (
            "policies/a.yaml changed meanwhile, so nothing was written",
            "git status -- policies/a.yaml",
        )
    assert (repo / "policies/a.yaml").read_bytes() == b"mine\n"
    assert store.head() == head
    assert traces(repo) == []


def test_a_change_that_came_first_stays_if_it_has_nothing_to_do_with_this_one(repo, store):
    judged_on = store.head()
    change(store, {"policies/b.yaml": b"id: B\n", ".policyctl/log/b/000001.json": b"{}"})

    made = change(store, {"policies/a.yaml": b"id: A\n"}, judged_on=judged_on)

    tree = store.tree(made)
    assert store.blob(tree["policies/b.yaml"].oid) == b"id: B\n"
    assert store.blob(tree["policies/a.yaml"].oid) == b"id: A\n"
    assert git(repo, "status", "--porcelain") == ""


@pytest.mark.parametrize(
    "path",
    ["policies/a.yaml", ".policyctl/log/a/000002.json", ".policyctl/root/0002.json", "Policies/x"],
)
def test_a_change_that_came_first_and_concerns_this_one_is_not_built_upon(repo, store, path):
    judged_on = store.head()
    first = change(store, {path: b"first\n"})

    assert refusal(change, store, {"policies/a.yaml": b"second\n"}, judged_on=judged_on) == (
        "the branch 'main' moved meanwhile, nothing was changed",
        "run it again",
    )
    assert store.head() == first
    assert traces(repo) == []


def test_a_branch_that_was_reset_meanwhile_is_not_built_upon(repo, store):
    first = store.head()
    judged_on = change(store, {"policies/b.yaml": b"id: B\n"})
    git(repo, "reset", "-q", "--hard", first)

    assert refusal(change, store, {"policies/a.yaml": b"A\n"}, judged_on=judged_on) == (
        "the branch 'main' moved meanwhile, nothing was changed",
        "run it again",
    )
    assert store.head() == first


def test_a_git_commit_that_squeezes_in_is_kept_or_waited_for(repo, store, monkeypatch):
    """Git knows nothing of our lock: the branch is compared and swapped."""
    make = WritableStore.make

    def slow(self, *arguments):
        made = make(self, *arguments)
        if not (repo / "squeezed").exists():
            write(repo, {"squeezed": b"in\n"})
            git(repo, "add", "squeezed")
            git(repo, "commit", "-q", "-m", "squeezed in")
        return made

    monkeypatch.setattr(WritableStore, "make", slow)
    made = change(store, {"policies/a.yaml": b"new\n"})

    assert set(store.tree(made)) == {*FILES, "squeezed"}
    assert git(repo, "log", "--format=%s").splitlines() == ["a change", "squeezed in", "first"]
    assert git(repo, "status", "--porcelain") == ""


def test_a_branch_that_is_not_checked_out_any_more_is_left_alone(repo, store):
    head = store.head()
    git(repo, "switch", "-q", "-c", "side")

    assert refusal(change, store, {"x": b"1"}) == (
        "the branch 'main' is not checked out any more, nothing was changed",
        "git switch main",
    )
    assert git(repo, "rev-parse", "main") == head
    assert traces(repo) == []


class Killed(BaseException):
    """Stands for a process that ends where it is: nothing of ours runs after it."""


@pytest.fixture
def interrupted(repo, store, monkeypatch):
    """A change whose branch has moved, and nothing else."""
    write(repo, {"src/new.py": b"staged\n"})
    git(repo, "add", "src/new.py")
    write(repo, {"notes": b"untracked\n", "src/app.py": b"edited\n"})

    def killed(*arguments):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(whole_change, "finish", killed)
        changes = {"policies/a.yaml": b"new\n", "policies/b.yaml": None, "x/y": b"y"}
        with pytest.raises(Killed):
            change(store, changes)
    assert store.blob(store.tree("HEAD")["policies/a.yaml"].oid) == b"new\n"
    assert (repo / "policies/a.yaml").read_bytes() == b"id: a\n"
    return repo


THEIRS = ["A  src/new.py", " M src/app.py", "?? notes"]


def test_after_a_crash_git_takes_nothing_back(interrupted):
    """A commit from the old index would undo what the branch has: git's lock is in the way."""
    with pytest.raises(subprocess.CalledProcessError) as caught:
        git(interrupted, "commit", "-q", "-a", "-m", "unaware")

    assert b"index.lock" in caught.value.stderr


def test_an_interrupted_change_is_completed_and_everything_else_survives(interrupted, store):
    settled = settle(store)

    assert (settled.act, settled.completed, settled.kept) == ("a change", True, ())
    assert sorted(git(interrupted, "status", "--porcelain").splitlines()) == sorted(THEIRS)
    assert (interrupted / "x/y").read_bytes() == b"y"
    assert not (interrupted / "policies/b.yaml").exists()
    assert traces(interrupted) == []
    assert settle(store) is None


def test_the_next_change_completes_the_one_before(interrupted, store):
    change(store, {"policies/c.yaml": b"next\n"})

    assert sorted(git(interrupted, "status", "--porcelain").splitlines()) == sorted(THEIRS)
    assert traces(interrupted) == []


def test_what_the_user_did_after_the_crash_is_left_alone(interrupted, store):
    """Git itself tells its users to remove such a lock."""
    (interrupted / ".git/index.lock").unlink()
    write(interrupted, {"policies/a.yaml": b"edited since\n", "x/y": b"mine\n"})
    git(interrupted, "add", "x/y")

    settled = settle(store)

    assert settled.kept == ("policies/a.yaml", "x/y")
    assert (interrupted / "policies/a.yaml").read_bytes() == b"edited since\n"
    assert sorted(git(interrupted, "status", "--porcelain").splitlines()) == sorted(
        [*THEIRS, " M policies/a.yaml", "M  x/y"]
    )
    assert traces(interrupted) == []


def test_a_lock_that_git_made_after_the_crash_is_not_taken_for_ours(
    interrupted, store, monkeypatch
):
    monkeypatch.setattr("policyctl.adapters.user_index._PAUSE", 0.001)
    lock = interrupted / ".git/index.lock"
    lock.unlink()
    lock.write_bytes(b"DIRC of somebody else")

    message, _ = refusal(settle, store)

    assert message == f"another git command holds {lock}"
    assert lock.read_bytes() == b"DIRC of somebody else"


def test_a_change_that_the_user_took_back_after_the_crash_stays_taken_back(interrupted, store):
    (interrupted / ".git/index.lock").unlink()
    git(interrupted, "reset", "-q", "--soft", "HEAD~1")

    assert settle(store).completed is False
    assert sorted(git(interrupted, "status", "--porcelain").splitlines()) == sorted(THEIRS)
    assert traces(interrupted) == []


def test_before_the_branch_moves_a_crash_leaves_nothing_behind(repo, store, monkeypatch):
    index = (repo / ".git/index").read_bytes()

    def killed(*arguments):
        os._exit(9)

    child = os.fork()
    if child == 0:
        monkeypatch.setattr(WritableStore, "move", killed)
        change(store, {"policies/a.yaml": b"new\n"})
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert traces(repo) == ["index.lock", "policyctl-write", "policyctl.lock"]

    assert settle(store).completed is False
    assert (repo / ".git/index").read_bytes() == index
    assert traces(repo) == []


def test_a_journal_that_cannot_be_read_is_no_reason_to_change_anything(repo, store):
    folder = repo / ".git/policyctl-write"
    folder.mkdir()
    for content in (b"", b"[]", json.dumps({"act": "x", "commit": "y", "steps": 1}).encode()):
        folder.mkdir(exist_ok=True)
        (folder / "journal.json").write_bytes(content)

        assert settle(store).completed is False
    assert git(repo, "status", "--porcelain") == ""
    assert traces(repo) == []


def test_a_journal_does_not_write_outside_the_working_tree(repo, store, tmp_path):
    step = {"staged": None, "found": None, "wanted": None}
    journal = {"act": "x", "commit": store.head(), "steps": {"../outside": step}}
    (tmp_path / "outside").write_text("mine")
    (repo / ".git/policyctl-write").mkdir()
    (repo / ".git/policyctl-write/journal.json").write_text(json.dumps(journal))

    assert settle(store).completed is False
    assert (tmp_path / "outside").read_text() == "mine"


def test_worktrees_share_the_lock_and_keep_their_own_journals(repo, store, tmp_path, monkeypatch):
    linked = tmp_path / "linked"
    git(repo, "worktree", "add", "-q", "-b", "side", str(linked))

    def killed(*arguments):
        raise Killed

    with WritableStore(find(linked)) as other:
        with monkeypatch.context() as patched:
            patched.setattr(whole_change, "finish", killed)
            changes = {"policies/a.yaml": b"side\n"}
            with pytest.raises(Killed):
                change(other, changes, ref="refs/heads/side")
        change(store, {"policies/a.yaml": b"main\n"})

        assert git(repo, "status", "--porcelain") == ""
        assert settle(other).completed
    assert git(linked, "status", "--porcelain") == ""
    assert (linked / "policies/a.yaml").read_bytes() == b"side\n"
    assert (repo / "policies/a.yaml").read_bytes() == b"main\n"


@pytest.mark.parametrize("crash", [False, True])
def test_a_path_that_is_kept_changes_in_branch_and_index_only(repo, store, monkeypatch, crash):
    write(repo, {"policies/a.yaml": b"an edit\n"})
    changes = {"policies/a.yaml": b"as it was\n", "policies/b.yaml": None}

    def killed(*arguments):
        raise Killed

    with monkeypatch.context() as patched:
        if crash:
            patched.setattr(whole_change, "finish", killed)
            with pytest.raises(Killed):
                change(store, changes, keep=("policies/a.yaml",))
        else:
            change(store, changes, keep=("policies/a.yaml",))
    settle(store)

    assert (repo / "policies/a.yaml").read_bytes() == b"an edit\n"
    assert git(repo, "status", "--porcelain") == " M policies/a.yaml"
    assert git(repo, "show", ":policies/a.yaml") == "as it was"
    assert traces(repo) == []
