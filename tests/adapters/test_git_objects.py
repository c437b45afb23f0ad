import hashlib
import os
import subprocess
import sys
import tempfile
import textwrap
from datetime import UTC, datetime
from pathlib import Path

import pytest

from policyctl.adapters.git_location import find
from policyctl.adapters.git_objects import TreeEntry
from policyctl.adapters.git_writing import NewCommit, WritableStore
from policyctl.adapters.tree_object import tree_items
from policyctl.adapters.whole_change import write_change
from policyctl.errors import RepositoryError
from policyctl.usecases.ports import Person

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ALICE = Person(name="Alice", email="alice@example.com")
HOOKS = (
    "pre-commit",
    "commit-msg",
    "post-commit",
    "post-checkout",
    "post-index-change",
    "reference-transaction",
    "post-rewrite",
    "pre-auto-gc",
    "update",
    "fsmonitor-watchman",
)


@pytest.fixture(autouse=True)
def world(tmp_path, monkeypatch):
    """A home of its own, and no variables or settings of the person who runs the tests."""
    for name in list(os.environ):
        if name.startswith("GIT_"):
            monkeypatch.delenv(name)
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text(
        "[user]\n\tname = Tester\n\temail = tester@example.com\n[init]\n\tdefaultBranch = main\n"
    )
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)


def git(folder, *arguments, **options):
    done = subprocess.run(
        ["git", *arguments], cwd=folder, capture_output=True, check=True, **options
    )
    return done.stdout.decode().strip()


def write(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


FILES = {
    "policies/a.yaml": b"id: a\n",
    "policies/b.yaml": b"id: b\r\n",
    "src/app.py": b"pass\n",
}


@pytest.fixture
def repo(tmp_path):
    folder = tmp_path / "repo"
    git(tmp_path, "init", "-q", "repo")
    write(folder, FILES)
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "first")
    return folder


@pytest.fixture
def store(repo):
    with WritableStore(find(repo)) as store:
        yield store


def commit(store, changes, *, parent="HEAD", message="a change", ref="refs/heads/main", **options):
    parent = store.head() if parent == "HEAD" else parent
    wanted = NewCommit(changes=changes, message=message, author=ALICE, ref=ref, now=NOW, **options)
    with tempfile.TemporaryDirectory() as folder:
        made = store.make(wanted, parent, Path(folder, "index"))
    store.move(wanted, made, parent)
    return made


def change(store, changes, ref="refs/heads/main"):
    """Commit on the branch that is checked out, and bring the working tree there."""
    head = store.value("HEAD")
    wanted = NewCommit(changes=changes, message="a change", author=ALICE, ref=ref, now=NOW)
    return write_change(store, wanted, judged_on=head)


def refusal(function, *arguments, **options):
    with pytest.raises(RepositoryError) as caught:
        function(*arguments, **options)
    return caught.value.message, caught.value.hint


# Finding the repository


def test_a_repository_is_found_from_any_folder_below(repo):
    (repo / "policies" / "deep").mkdir()

    for start in (repo, repo / "policies" / "deep", repo / "policies" / "a.yaml", repo / "absent"):
        location = find(start)
        assert (location.work_tree, location.git_dir) == (repo, repo / ".git")
        assert location.common_dir == repo / ".git"


def test_a_folder_outside_any_repository_is_a_clear_error(tmp_path):
    assert refusal(find, tmp_path) == (f"{tmp_path} is not in a git repository", "run 'git init'")


def test_a_linked_worktree_is_followed_by_hand(repo, tmp_path):
    git(repo, "worktree", "add", "-q", "-b", "side", str(tmp_path / "linked"))

    location = find(tmp_path / "linked" / "policies")

    assert location.work_tree == tmp_path / "linked"
    assert location.git_dir == repo / ".git" / "worktrees" / "linked"
    assert location.common_dir == repo / ".git"


def test_a_submodule_is_its_own_repository(repo, tmp_path):
    git(tmp_path, "init", "-q", "outer")
    add = ("submodule", "--quiet", "add", str(repo), "inner")
    git(tmp_path / "outer", "-c", "protocol.file.allow=always", *add)

    location = find(tmp_path / "outer" / "inner")

    assert location.git_dir == tmp_path / "outer" / ".git" / "modules" / "inner"
    with WritableStore(location) as store:
        assert set(store.tree(store.head())) == set(FILES)


def test_a_linked_git_folder_is_refused(repo, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / ".git").symlink_to(repo / ".git")

    assert refusal(find, other) == (
        f"{other / '.git'} is a symbolic link, which git does not write",
        "",
    )


def test_a_folder_that_looks_like_a_bare_repository_is_refused(repo):
    git(repo, "init", "-q", "--bare", "embedded")

    assert refusal(find, repo / "embedded" / "hooks") == (
        f"{repo / 'embedded'} looks like a bare repository",
        "run policyctl in a repository with a working tree",
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "does not say where the repository is"),
        (b"\xff\xfe", "does not say where the repository is"),
        (b"gitdir: nowhere\n", "points to {folder}/nowhere, which is not a git directory"),
    ],
)
def test_a_git_file_that_leads_nowhere_is_a_clear_error(tmp_path, content, message):
    (tmp_path / ".git").write_bytes(content)

    found, _ = refusal(find, tmp_path)
    assert found == f"{tmp_path / '.git'} " + message.format(folder=tmp_path)


def test_a_machine_without_git_is_a_clear_error(repo, tmp_path, monkeypatch):
    for path in (str(tmp_path), ".", ""):
        monkeypatch.setenv("PATH", path)
        assert refusal(WritableStore, find(repo)) == (
            "git was not found",
            "install git 2.34 or newer",
        )


def test_an_old_git_is_a_clear_error(repo, tmp_path, monkeypatch):
    (tmp_path / "git").write_text("#!/bin/sh\necho git version 2.33.8\n")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert refusal(WritableStore, find(repo)) == (
        "git is too old: git version 2.33.8",
        "install git 2.34 or newer",
    )


# Reading


def test_revisions_resolve_to_commits(repo, store):
    head = git(repo, "rev-parse", "HEAD")
    git(repo, "tag", "-a", "-m", "a tag", "v1")

    assert store.head() == head
    for rev in ("HEAD", "main", "refs/heads/main", "v1", head, head[:8]):
        assert store.resolve(rev) == head


@pytest.mark.parametrize("rev", ["nope", "HEAD~5", "HEAD:policies", "0" * 40])
def test_an_unknown_revision_is_a_clear_error(repo, store, rev):
    assert refusal(store.resolve, rev) == (
        f"there is no commit '{rev}' in {repo}",
        "fetch it, or check its spelling with 'git log'",
    )


@pytest.mark.parametrize("rev", ["", "--all", "-n1", "a\0b", "a\nb"])
def test_a_revision_is_never_an_option(store, rev):
    assert refusal(store.resolve, rev) == (f"{rev!r} is not a revision", "")
    assert refusal(lambda: list(store.history(rev))) == (f"{rev!r} is not a revision", "")


def test_a_repository_without_a_commit_is_a_clear_error(tmp_path):
    git(tmp_path, "init", "-q", "empty")

    with WritableStore(find(tmp_path / "empty")) as store:
        assert refusal(store.head) == (
            f"the repository {tmp_path / 'empty'} has no commit yet",
            "make a first commit with 'git commit'",
        )
        assert store.branch() == "refs/heads/main"


def test_the_branch_is_none_when_head_is_detached(repo, store):
    assert store.branch() == "refs/heads/main"
    git(repo, "checkout", "-q", "--detach")
    assert store.branch() is None


def test_a_tree_lists_every_file_with_mode_id_and_kind(repo, store):
    oid = git(repo, "rev-parse", "HEAD:policies/a.yaml")

    assert set(store.tree("HEAD")) == set(FILES)
    assert set(store.tree(store.head(), ["policies"])) == {"policies/a.yaml", "policies/b.yaml"}
    assert store.tree(store.head(), ["policies/a.yaml", "absent"]) == {
        "policies/a.yaml": TreeEntry(mode="100644", oid=oid, kind="blob")
    }


def test_names_that_are_patterns_or_not_text_are_just_names(repo, store):
    odd = ["policies/*.yaml", ":(top)x", "new\nline", 'quo"te', "tab\t", "ü", os.fsdecode(b"\xff")]
    write(repo, dict.fromkeys(odd, b"x"))
    (repo / "policies" / "link").symlink_to("a.yaml")
    git(repo, "add", ".")
    git(repo, "commit", "-q", "-m", "odd")

    tree = store.tree(store.head())
    assert set(odd) < set(tree)
    assert tree["policies/link"].mode == "120000"
    assert set(store.tree(store.head(), ["policies/*.yaml"])) == {"policies/*.yaml"}


def test_the_top_of_a_tree_is_what_git_lists_with_what_it_holds(repo, store):
    for name in ("policies ", "x\ny"):
        (repo / name).write_bytes(b"1")
    (repo / "link").symlink_to("policies")
    git(repo, "add", "-A")
    git(repo, "commit", "-q", "-m", "odd names")
    listed = git(repo, "ls-tree", "-z", "HEAD").removesuffix("\0").split("\0")
    expected = set()
    for line in listed:
        said, _, name = line.partition("\t")
        mode, _, oid = said.split(" ")
        expected.add((name, mode.lstrip("0").encode() + b" " + bytes.fromhex(oid)))

    assert set(store.top("HEAD")) == expected
    assert store.top(store.head()) is store.top(store.head())


@pytest.mark.parametrize(
    "content", [b"100644", b"100644 x", b"100644 x\0" + b"1" * 19, b"100644 x\0" + b"1" * 21]
)
def test_a_tree_that_ends_too_soon_is_a_clear_error(content):
    with pytest.raises(RepositoryError, match="git has a tree that cannot be read"):
        tree_items(content, 40)


def test_a_commit_whose_tree_is_missing_is_a_clear_error(repo, store):
    oid = git(repo, "rev-parse", "HEAD^{tree}").strip()
    (repo / ".git/objects" / oid[:2] / oid[2:]).unlink()

    with pytest.raises(RepositoryError, match="is missing"):
        store.top("HEAD")


def test_git_that_complains_at_length_is_heard_to_the_end(repo, store, monkeypatch, tmp_path):
    """What it prints and what it complains about fill two pipes at once."""
    fake = tmp_path / "bin/git"
    fake.parent.mkdir()
    script = "head -c 1000000 /dev/zero | tr '\\0' e >&2; head -c 1000000 /dev/zero; exit 3"
    fake.write_text(f"#!/bin/sh\n{script}\n")
    fake.chmod(0o755)
    monkeypatch.setattr(store, "_git", str(fake))

    with pytest.raises(RepositoryError, match=r"git ls-tree failed: e{1000}"):
        list(store.records("ls-tree"))


def test_a_gitlink_is_a_commit_not_a_file(repo, store):
    oid = git(repo, "rev-parse", "HEAD")
    git(repo, "update-index", "--add", "--cacheinfo", f"160000,{oid},nested")
    git(repo, "commit", "-q", "-m", "gitlink")

    assert store.tree("HEAD")["nested"] == TreeEntry(mode="160000", oid=oid, kind="commit")


def test_blobs_are_exact_bytes(repo, store):
    tree = store.tree(store.head())

    assert {path: store.blob(entry.oid) for path, entry in tree.items()} == FILES


def test_a_blob_beyond_the_limit_is_refused_and_the_next_is_read(repo, store):
    write(repo, {"big": b"x" * 100_000, "exact": b"y" * 1000})
    git(repo, "add", ".")
    git(repo, "commit", "-q", "-m", "big")
    tree = store.tree("HEAD")

    big = tree["big"].oid
    assert refusal(store.blob, big, 1000) == (
        f"the object {big} has 100000 bytes, more than 1000",
        "",
    )
    assert store.blob(tree["exact"].oid, 1000) == b"y" * 1000
    assert store.blob(big) == b"x" * 100_000


def test_what_is_no_blob_is_a_clear_error(repo, store):
    missing = "12" * 20
    head = store.head()

    assert refusal(store.blob, missing) == (
        f"the object {missing} is missing",
        "fetch it with 'git fetch'",
    )
    assert refusal(store.blob, head) == (f"the object {head} is a commit, not a file", "")
    for odd in ("HEAD:src/app.py", "", f"{head}\n{head}", head.upper()):
        assert refusal(store.blob, odd) == (f"{odd!r} is not the id of an object", "")
    assert store.blob(store.tree("HEAD")["src/app.py"].oid) == b"pass\n"


def loose(repo, oid):
    return repo / ".git" / "objects" / oid[:2] / oid[2:]


def test_an_object_with_another_content_than_its_id_says_is_refused(repo, store):
    tree = store.tree("HEAD")
    one, other = tree["policies/a.yaml"].oid, tree["src/app.py"].oid
    loose(repo, one).unlink()
    loose(repo, one).write_bytes(loose(repo, other).read_bytes())

    message, _ = refusal(store.blob, one)
    assert message in (
        f"the object {one} does not hold what its id says",
        f"the object {one} is missing",
    )


def test_a_damaged_object_is_a_clear_error(repo, store):
    oid = store.tree("HEAD")["src/app.py"].oid
    loose(repo, oid).unlink()
    loose(repo, oid).write_bytes(b"garbage")

    message, _ = refusal(store.blob, oid)
    assert message == f"the object {oid} is missing"


def test_history_is_newest_first_with_the_whole_message(repo, store):
    first = store.head()
    second = commit(store, {"x": b"1"}, message="subject\n\nbody ü\n\nPolicy-Id: a\n")

    newest, oldest = store.history("main")
    assert (newest.id, newest.parents, newest.author) == (second, (first,), ALICE)
    assert newest.time == NOW
    assert newest.message == "subject\n\nbody ü\n\nPolicy-Id: a\n"
    assert (oldest.id, oldest.parents, oldest.message) == (first, (), "first\n")
    assert [item.id for item in store.history(f"{first}..main")] == [second]


def test_history_can_be_narrowed_to_paths_and_to_first_parents(repo, store):
    first = store.head()
    side = commit(store, {"policies/a.yaml": b"id: side\n"}, ref="refs/heads/side", parent=None)
    git(repo, "checkout", "-q", "main")
    main = commit(store, {"src/app.py": b"new\n"})
    git(repo, "reset", "-q", "--hard")
    git(repo, "merge", "-q", "--allow-unrelated-histories", "-s", "ours", "-m", "merged", "side")
    merged = store.head()

    assert [item.id for item in store.history("main", first_parent=True)] == [merged, main, first]
    assert {item.id for item in store.history("main", ["policies/a.yaml"])} >= {side, first}
    assert main not in {item.id for item in store.history("main", ["policies/a.yaml"])}


def test_a_history_that_is_not_read_to_its_end_leaves_nothing_behind(repo, store):
    commit(store, {"x": b"1"})

    history = store.history("main")
    next(history)
    history.close()

    assert store.head()


def test_a_commit_with_an_absurd_date_is_still_read(repo, store):
    tree = git(repo, "rev-parse", "HEAD^{tree}")
    dated = "A <a> 9999999999999999 +0000"
    raw = f"tree {tree}\nauthor {dated}\ncommitter {dated}\n\nm\n"
    oid = git(
        repo, "hash-object", "-w", "-t", "commit", "--literally", "--stdin", input=raw.encode()
    )

    (found,) = store.history(oid)
    assert found.id == oid
    assert found.time.tzinfo is UTC


def test_shallow_and_partial_clones_say_so(repo, tmp_path, store):
    commit(store, {"x": b"1"})
    git(repo, "config", "uploadpack.allowFilter", "true")
    url = f"file://{repo}"
    git(tmp_path, "clone", "-q", "--depth=1", url, "shallow")
    git(tmp_path, "clone", "-q", "--filter=blob:none", "--no-checkout", url, "partial")

    with WritableStore(find(tmp_path / "shallow")) as shallow:
        assert (shallow.is_shallow(), shallow.is_partial()) == (True, False)
    with WritableStore(find(tmp_path / "partial")) as partial:
        assert (partial.is_shallow(), partial.is_partial()) == (False, True)
        oid = partial.tree("HEAD")["x"].oid
        assert refusal(partial.blob, oid)[0] == f"the object {oid} is missing"
    assert (store.is_shallow(), store.is_partial()) == (False, False)


def test_a_change_can_be_committed_in_a_partial_clone(repo, tmp_path):
    git(repo, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--filter=blob:none", "--no-checkout", f"file://{repo}", "partial")

    with WritableStore(find(tmp_path / "partial")) as partial:
        commit(partial, {"new": b"1"})
        assert set(partial.tree("HEAD")) == {*FILES, "new"}


# Writing


def test_a_commit_changes_exactly_these_paths(repo, store):
    before = store.tree("HEAD")
    oid = commit(store, {"policies/a.yaml": b"new\r\n", "src/app.py": None, "deep/er/x": b""})

    after = store.tree(oid)
    assert store.head() == oid
    assert set(after) == {"policies/a.yaml", "policies/b.yaml", "deep/er/x"}
    assert after["policies/b.yaml"] == before["policies/b.yaml"]
    assert store.blob(after["policies/a.yaml"].oid) == b"new\r\n"
    assert after["deep/er/x"].mode == "100644"
    assert git(repo, "fsck", "--strict") == ""


def test_a_commit_leaves_the_working_tree_and_the_index_alone(repo, store):
    index = (repo / ".git" / "index").read_bytes()
    commit(store, {"policies/a.yaml": b"new\n"})

    assert (repo / ".git" / "index").read_bytes() == index
    assert (repo / "policies" / "a.yaml").read_bytes() == FILES["policies/a.yaml"]
    assert not list((repo / ".git").glob("policyctl-*"))


def test_author_date_message_and_reflog_are_what_was_asked_for(repo, store):
    commit(store, {"x": b"1"}, message="promote a\n\nPolicy-Id: a\n")

    raw = git(repo, "cat-file", "commit", "HEAD")
    line = f"Alice <alice@example.com> {int(NOW.timestamp())} +0000"
    assert f"author {line}\ncommitter {line}\n\npromote a\n\nPolicy-Id: a" in raw
    assert git(repo, "reflog", "-1", "--format=%gs", "main") == "policyctl: promote a"


def test_the_first_commit_of_a_repository_needs_no_parent(tmp_path):
    git(tmp_path, "init", "-q", "fresh")

    with WritableStore(find(tmp_path / "fresh")) as store:
        oid = change(store, {"policies/a.yaml": b"id: a\n"})
        assert store.head() == oid
    assert git(tmp_path / "fresh", "status", "--porcelain") == ""


def test_a_repository_of_sha256_works_the_same(tmp_path):
    git(tmp_path, "init", "-q", "--object-format=sha256", "modern")

    with WritableStore(find(tmp_path / "modern")) as store:
        change(store, {"a": b"1", "b": b"2"})
        oid = change(store, {"a": None})
        assert len(oid) == 64
        tree = store.tree("HEAD")
        assert {path: store.blob(entry.oid) for path, entry in tree.items()} == {"b": b"2"}


def test_of_two_commits_on_one_parent_the_second_is_refused_and_nothing_is_lost(repo, store):
    parent = store.head()
    first = commit(store, {"x": b"1"}, parent=parent)

    assert refusal(commit, store, {"x": b"2"}, parent=parent) == (
        "the branch 'main' moved meanwhile, nothing was changed",
        "run it again",
    )
    assert store.head() == first
    assert store.blob(store.tree("HEAD")["x"].oid) == b"1"
    second = commit(store, {"y": b"2"}, parent=first)
    assert set(store.tree(second)) == {*FILES, "x", "y"}


def test_a_first_commit_does_not_replace_a_branch_that_exists(store):
    head = store.head()

    assert refusal(commit, store, {"x": b"1"}, parent=None) == (
        "the branch 'main' moved meanwhile, nothing was changed",
        "run it again",
    )
    assert store.head() == head


def test_a_branch_that_is_locked_is_a_clear_error(repo, store):
    (repo / ".git" / "refs" / "heads" / "main.lock").write_text("")

    message, hint = refusal(commit, store, {"x": b"1"})
    assert message.startswith("git update-ref failed: ")
    assert hint == "wait until the other git command ends, then run it again"


@pytest.mark.parametrize(
    "path", ["", "/etc/x", "../x", "a/../x", ".git/config", "a/.GIT/x", "a//b"]
)
def test_a_path_outside_the_tree_is_refused(store, path):
    head = store.head()

    for call in (commit, change):
        assert refusal(call, store, {path: b"x"}) == (
            f"{path!r} is not a path in the repository",
            "",
        )
    assert store.head() == head


@pytest.mark.parametrize("ref", ["main", "", "--all", "refs/heads/a\nb"])
def test_a_ref_is_named_in_full(store, ref):
    assert refusal(commit, store, {"x": b"1"}, ref=ref) == (
        f"{ref!r} is not the full name of a ref",
        "",
    )


def test_a_nameless_author_is_a_clear_error(store, tmp_path):
    with pytest.raises(RepositoryError, match=r"git commit-tree failed: .*empty ident name"):
        store.make(
            NewCommit(
                changes={},
                message="m",
                author=Person(name="", email="a@b"),
                ref="refs/heads/main",
                now=NOW,
            ),
            store.head(),
            tmp_path / "index",
        )


def test_a_signed_commit_uses_the_settings_of_the_user(repo, store, tmp_path):
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    git(repo, "config", "--global", "gpg.format", "ssh")
    git(repo, "config", "--global", "user.signingkey", str(key))
    allowed = tmp_path / "allowed"
    allowed.write_text(f"alice@example.com {Path(f'{key}.pub').read_text()}")

    commit(store, {"x": b"1"}, sign=True)

    git(repo, "-c", f"gpg.ssh.allowedSignersFile={allowed}", "verify-commit", "HEAD")
    assert git(repo, "log", "-1", "--format=%an") == "Alice"


def test_a_commit_that_cannot_be_signed_changes_nothing(repo, store):
    head = store.head()
    git(repo, "config", "--global", "gpg.program", "/bin/false")

    message, _ = refusal(commit, store, {"x": b"1"}, sign=True)
    assert message.startswith("git commit-tree failed: ")
    assert store.head() == head


def test_the_index_is_read_with_conflicts(repo, store):
    oid = git(repo, "rev-parse", "HEAD:src/app.py")
    git(repo, "checkout", "-q", "-b", "side")
    write(repo, {"policies/a.yaml": b"side\n"})
    git(repo, "commit", "-q", "-a", "-m", "side")
    git(repo, "checkout", "-q", "main")
    write(repo, {"policies/a.yaml": b"main\n"})
    git(repo, "commit", "-q", "-a", "-m", "main")
    subprocess.run(["git", "merge", "-q", "side"], cwd=repo, capture_output=True, check=False)

    assert store.index(["src"]) == {"src/app.py": TreeEntry(mode="100644", oid=oid, kind="blob")}
    assert store.index()["policies/a.yaml"].kind == "conflict"


# Worktrees, hooks, environment


def test_a_linked_worktree_has_its_own_head_and_index(repo, tmp_path):
    linked = tmp_path / "linked"
    git(repo, "worktree", "add", "-q", "-b", "side", str(linked))
    main = git(repo, "rev-parse", "main")

    with WritableStore(find(linked)) as store:
        assert store.branch() == "refs/heads/side"
        changes = {"policies/a.yaml": b"in the worktree\n"}
        oid = change(store, changes, ref="refs/heads/side")

    assert git(linked, "rev-parse", "HEAD") == oid
    assert git(linked, "status", "--porcelain") == ""
    assert git(repo, "rev-parse", "main") == main
    assert git(repo, "status", "--porcelain") == ""


def test_the_environment_of_another_git_command_never_leaks_in(repo, tmp_path, monkeypatch):
    other = tmp_path / "other"
    git(tmp_path, "init", "-q", "other")
    git(other, "commit", "-q", "--allow-empty", "-m", "other")
    head, theirs = git(repo, "rev-parse", "HEAD"), git(other, "rev-parse", "HEAD")
    for name, value in {
        "GIT_DIR": other / ".git",
        "GIT_WORK_TREE": other,
        "GIT_COMMON_DIR": other / ".git",
        "GIT_INDEX_FILE": other / ".git" / "index",
        "GIT_OBJECT_DIRECTORY": other / ".git" / "objects",
        "GIT_NAMESPACE": "elsewhere",
        "GIT_CEILING_DIRECTORIES": tmp_path,
        "GIT_PREFIX": "sub/",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.bare",
        "GIT_CONFIG_VALUE_0": "true",
        "GIT_AUTHOR_NAME": "Mallory",
        "GIT_COMMITTER_DATE": "@1 +0000",
        "GIT_TRACE": tmp_path / "trace",
    }.items():
        monkeypatch.setenv(name, str(value))

    with WritableStore(find(repo)) as store:
        assert store.head() == head
        oid = change(store, {"x": b"1"})
        (newest, _) = store.history("HEAD")

    for name in list(os.environ):
        if name.startswith("GIT_") and name != "GIT_CONFIG_NOSYSTEM":
            monkeypatch.delenv(name)
    assert (newest.id, newest.author, newest.time) == (oid, ALICE, NOW)
    assert git(repo, "status", "--porcelain") == ""
    assert git(other, "rev-parse", "HEAD") == theirs
    assert git(other, "ls-files") == ""
    assert not (tmp_path / "trace").exists()


def test_a_run_inside_a_real_hook_acts_on_the_repository_that_it_is_given(repo, tmp_path):
    target = tmp_path / "target"
    git(tmp_path, "init", "-q", "target")
    git(target, "commit", "-q", "--allow-empty", "-m", "first")
    seen = tmp_path / "seen"
    script = tmp_path / "run.py"
    script.write_text(
        textwrap.dedent(f"""
            import os
            from datetime import UTC, datetime
            from pathlib import Path
            from policyctl.adapters.git_location import find
            from policyctl.adapters.git_writing import NewCommit, WritableStore
            from policyctl.adapters.whole_change import write_change
            from policyctl.usecases.ports import Person

            Path({str(seen)!r}).write_text(os.environ["GIT_INDEX_FILE"])
            with WritableStore(find(Path({str(target)!r}))) as store:
                wanted = NewCommit(
                    changes={{"from-the-hook": b"1"}}, message="m", ref="refs/heads/main",
                    author=Person(name="A", email="a@b"), now=datetime.now(UTC),
                )
                write_change(store, wanted, judged_on=store.head())
            with WritableStore(find(Path.cwd())) as store:
                assert set(store.tree(store.head())) == {set(FILES)!r}
        """)
    )
    hook = repo / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\nexec '{sys.executable}' '{script}'\n")
    hook.chmod(0o755)
    write(repo, {"policies/a.yaml": b"edited\n"})

    git(repo, "commit", "-q", "-a", "-m", "with a hook")

    assert seen.read_text().startswith(str(repo)) or seen.read_text().startswith(".git")
    assert git(repo, "show", "--name-only", "--format=", "HEAD") == "policies/a.yaml"
    assert git(target, "ls-tree", "--name-only", "HEAD") == "from-the-hook"
    assert git(target, "status", "--porcelain") == ""
    assert git(repo, "status", "--porcelain") == ""


# Hostile repositories


@pytest.fixture
def marker(tmp_path):
    return tmp_path / "marker"


@pytest.fixture
def hostile(repo, tmp_path, marker):
    """A repository in which nearly everything that git can be told to run writes the marker."""
    program = tmp_path / "evil"
    program.write_text(f"#!/bin/sh\necho \"$0 $*\" >> '{marker}'\n")
    program.chmod(0o755)
    write(repo, {".gitattributes": b"* filter=evil diff=evil merge=evil\n"})
    git(repo, "add", ".gitattributes")
    git(repo, "commit", "-q", "-m", "attributes")
    hooks = repo / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in HOOKS:
        (hooks / name).write_text(program.read_text())
        (hooks / name).chmod(0o755)
    settings = {
        "core.fsmonitor": program,
        "core.hooksPath": hooks,
        "core.pager": program,
        "core.editor": program,
        "core.sshCommand": program,
        "core.askPass": program,
        "core.gitProxy": program,
        "core.alternateRefsCommand": program,
        "core.worktree": tmp_path,
        "core.splitIndex": "true",
        "core.untrackedCache": "true",
        "filter.evil.clean": program,
        "filter.evil.smudge": program,
        "filter.evil.process": program,
        "filter.evil.required": "true",
        "diff.external": program,
        "diff.evil.command": program,
        "diff.evil.textconv": program,
        "merge.evil.driver": program,
        "gpg.program": program,
        "gpg.ssh.program": program,
        "gpg.format": "ssh",
        "user.signingkey": "key::x",
        "commit.gpgSign": "true",
        "tag.gpgSign": "true",
        "log.showSignature": "true",
        "credential.helper": f"!{program}",
        "sequence.editor": program,
        "gc.auto": "1",
        "alias.ls-tree": f"!{program}",
        "alias.rev-parse": f"!{program}",
        "i18n.commitEncoding": "latin1",
        "extensions.partialClone": "evil",
        "remote.evil.url": repo,
        "remote.evil.promisor": "true",
        "remote.evil.partialCloneFilter": "blob:none",
        "remote.evil.uploadpack": program,
        "core.repositoryFormatVersion": "1",
    }
    for name, value in settings.items():
        git(repo, "config", name, str(value))
    return repo


def test_these_traps_do_spring_for_an_ordinary_git_command(hostile, marker):
    write(hostile, {"policies/a.yaml": b"edited\n"})
    subprocess.run(
        ["git", f"--work-tree={hostile}", "status"], cwd=hostile, capture_output=True, check=False
    )

    assert marker.exists()


def exercise(store, repo):
    """Every call of the store, those that fail too."""
    head = store.resolve("HEAD")
    assert store.head() == head
    store.branch()
    store.is_shallow()
    assert store.is_partial()
    tree = store.tree(head)
    assert store.tree(head, ["policies"])
    assert store.index(["policies"])
    assert store.blob(tree["policies/a.yaml"].oid) == FILES["policies/a.yaml"]
    assert list(store.history("HEAD"))
    assert list(store.history("HEAD", ["policies"], first_parent=True))
    for missing in ("12" * 20, "34" * 20):
        refusal(store.blob, missing)
        refusal(store.resolve, missing)
        refusal(store.tree, missing)
        refusal(lambda oid=missing: list(store.history(oid)))
    refusal(store.resolve, "nope")
    changes = {"policies/a.yaml": b"changed\n", "policies/c.yaml": b"new\n", "src/app.py": None}
    oid = change(store, changes)
    refusal(commit, store, changes, parent=head)
    assert store.blob(store.tree(oid)["policies/a.yaml"].oid) == b"changed\n"
    assert (repo / "policies" / "a.yaml").read_bytes() == b"changed\n"
    assert not (repo / "src").exists()


def test_no_call_runs_anything_of_a_hostile_repository(hostile, marker):
    with WritableStore(find(hostile)) as store:
        exercise(store, hostile)

    assert not marker.exists(), marker.read_text()


def test_no_call_runs_anything_that_the_environment_names(hostile, marker, tmp_path, monkeypatch):
    program = str(tmp_path / "evil")
    for name in (
        "EXTERNAL_DIFF",
        "SSH_COMMAND",
        "SSH",
        "ASKPASS",
        "EDITOR",
        "PAGER",
        "PROXY_COMMAND",
    ):
        monkeypatch.setenv(f"GIT_{name}", program)
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", f"'core.fsmonitor'='{program}'")
    monkeypatch.setenv("GIT_TEMPLATE_DIR", str(tmp_path))
    fake = tmp_path / "fake"
    fake.mkdir()
    (fake / "git-rev-parse").symlink_to(program)
    monkeypatch.setenv("GIT_EXEC_PATH", str(fake))

    with WritableStore(find(hostile)) as store:
        exercise(store, hostile)

    assert not marker.exists(), marker.read_text()


def test_a_git_in_the_folder_one_stands_in_is_not_run(hostile, marker, tmp_path, monkeypatch):
    (hostile / "git").symlink_to(tmp_path / "evil")
    monkeypatch.chdir(hostile)
    monkeypatch.setenv("PATH", f".{os.pathsep}{os.pathsep}{os.environ['PATH']}")

    with WritableStore(find(hostile)) as store:
        store.head()

    assert not marker.exists(), marker.read_text()


def test_an_embedded_bare_repository_is_not_entered(hostile, marker, tmp_path):
    git(tmp_path, "init", "-q", "--bare", str(hostile / "bare"))
    git(hostile / "bare", "config", "core.fsmonitor", str(tmp_path / "evil"))

    refusal(find, hostile / "bare")
    with WritableStore(find(hostile)) as store:
        store.tree("HEAD")

    assert not marker.exists(), marker.read_text()


def test_replaced_objects_are_not_read(repo, store):
    entry = store.tree("HEAD")["policies/a.yaml"]
    fake = git(repo, "hash-object", "-w", "--stdin", input=b"id: evil\n")
    git(repo, "replace", entry.oid, fake)
    head = store.head()
    other = git(repo, "commit-tree", "-m", "fake", f"{head}^{{tree}}")
    git(repo, "replace", head, other)

    assert git(repo, "cat-file", "blob", entry.oid) == "id: evil"
    assert store.blob(entry.oid) == b"id: a\n"
    assert [item.message for item in store.history("HEAD")] == ["first\n"]


def test_grafts_do_not_rewrite_history(repo, store):
    first = store.head()
    second = commit(store, {"x": b"1"})
    (repo / ".git" / "info").mkdir(exist_ok=True)
    (repo / ".git" / "info" / "grafts").write_text(f"{second}\n")

    assert git(repo, "rev-list", "main") == second
    assert [item.id for item in store.history("main")] == [second, first]


def test_alternates_are_only_read(hostile, marker, tmp_path):
    other = tmp_path / "other"
    git(tmp_path, "init", "-q", "other")
    oid = git(other, "hash-object", "-w", "--stdin", input=b"shared\n")
    info = hostile / ".git" / "objects" / "info"
    info.mkdir(exist_ok=True)
    (info / "alternates").write_text(f"{other / '.git' / 'objects'}\n/nowhere\n")
    before = digest(other)

    with WritableStore(find(hostile)) as store:
        assert store.blob(oid) == b"shared\n"
        exercise(store, hostile)

    assert digest(other) == before
    assert not marker.exists(), marker.read_text()


def digest(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [(str(path), hashlib.sha256(path.read_bytes()).hexdigest()) for path in files]


def test_a_tree_that_multiplies_itself_ends_in_an_error(repo, store):
    oid = git(repo, "hash-object", "-w", "--stdin", input=b"x")
    line = f"100644 blob {oid}\tfile"
    names = "abcdefghij"
    tree = git(repo, "mktree", input=line.encode())
    for _ in range(7):
        listing = "\n".join(f"040000 tree {tree}\t{name}" for name in names)
        tree = git(repo, "mktree", input=listing.encode())
    bomb = git(repo, "commit-tree", "-m", "bomb", tree)

    assert refusal(store.tree, bomb) == (f"the tree of {bomb} has over 1000000 files", "")


def test_a_tree_that_names_a_file_twice_is_an_error(repo, store):
    oid = bytes.fromhex(git(repo, "rev-parse", "HEAD:src/app.py"))
    other = bytes.fromhex(git(repo, "rev-parse", "HEAD:policies/a.yaml"))
    raw = b"".join(b"100644 file\0" + item for item in (oid, other))
    tree = git(repo, "hash-object", "-w", "-t", "tree", "--literally", "--stdin", input=raw)
    bad = git(repo, "commit-tree", "-m", "twice", tree)

    assert refusal(store.tree, bad) == (f"the tree of {bad} names 'file' twice", "")
