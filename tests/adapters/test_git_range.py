"""A range of commits in a real repository."""

from __future__ import annotations

import subprocess

import pytest

from policyctl.adapters.git_location import find
from policyctl.adapters.git_objects import ObjectStore
from policyctl.adapters.git_range import git_range
from policyctl.errors import NotJudgedError, RepositoryError


@pytest.fixture
def repository(tmp_path):
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "-q")
    write(folder, "policies/a.yaml", "id: a\n")
    commit(folder, "first\n\nand its body")
    return folder


def git(folder, *arguments):
    names = ("-c", "user.name=Alice", "-c", "user.email=alice@example.com")
    done = subprocess.run(
        ["git", *names, *arguments], cwd=folder, check=True, capture_output=True, encoding="utf-8"
    )
    return done.stdout.strip()


def write(folder, name, text):
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)


def commit(folder, message):
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", message)
    return git(folder, "rev-parse", "HEAD")


def changed(folder, rev="HEAD"):
    with ObjectStore(find(folder)) as store:
        return store.changed_paths(rev)


def test_the_first_commit_changes_all_its_files(repository):
    assert changed(repository) == ("policies/a.yaml",)


def test_a_rename_changes_two_files(repository):
    git(repository, "mv", "policies/a.yaml", "policies/b.yaml")
    commit(repository, "rename")

    assert changed(repository) == ("policies/a.yaml", "policies/b.yaml")


def test_names_keep_their_bytes(repository):
    write(repository, "two\nlines, é.txt", "x")
    commit(repository, "odd")

    assert changed(repository) == ("two\nlines, é.txt",)


def test_settings_of_the_repository_do_not_hide_changes(repository):
    git(repository, "config", "diff.relative", "true")
    git(repository, "config", "diff.orderFile", "/dev/null")
    write(repository, "z.txt", "x")
    write(repository, "policies/a.yaml", "id: z\n")
    commit(repository, "both")

    assert changed(repository) == ("policies/a.yaml", "z.txt")


def test_a_merge_changes_what_differs_from_all_its_parents(repository):
    main = git(repository, "branch", "--show-current")
    git(repository, "checkout", "-qb", "side")
    write(repository, "side.txt", "x")
    commit(repository, "side")
    git(repository, "checkout", "-q", main)
    write(repository, "main.txt", "x")
    commit(repository, "main")
    git(repository, "merge", "-q", "--no-commit", "--no-ff", "side")
    write(repository, "slipped-in.txt", "x")
    commit(repository, "merge")

    assert changed(repository) == ("slipped-in.txt",)


def test_commits_come_oldest_first_with_their_subject(repository):
    base = git(repository, "rev-parse", "HEAD")
    for name in ("one", "two"):
        write(repository, name, "x")
        commit(repository, f"{name}\n\nmore")

    with git_range(f"{base}..HEAD", repository) as commits:
        found = commits.changes()

    assert [(change.subject, change.paths) for change in found] == [
        ("one", ("one",)),
        ("two", ("two",)),
    ]


def test_files_from_before_are_those_where_the_range_branched_off(repository):
    main = git(repository, "branch", "--show-current")
    git(repository, "checkout", "-qb", "side")
    write(repository, "policies/a.yaml", "id: side\n")
    commit(repository, "side")
    git(repository, "checkout", "-q", main)
    write(repository, "policies/a.yaml", "id: later\n")
    commit(repository, "later")

    with git_range(f"{main}..side", repository / "policies") as commits:
        assert commits.before("a.yaml") == b"id: a\n"
        assert commits.before("../policies/a.yaml") == b"id: a\n"
        assert commits.before("nope.yaml") is None
        assert commits.before("../../elsewhere.yaml") is None


def test_a_link_from_before_is_no_file(repository):
    (repository / "link.toml").symlink_to("policies/a.yaml")
    base = commit(repository, "link")

    with git_range(f"{base}..", repository) as commits:
        assert commits.before("link.toml") is None


def test_histories_without_a_common_commit_have_no_range(repository):
    main = git(repository, "branch", "--show-current")
    git(repository, "checkout", "-q", "--orphan", "other")
    commit(repository, "other")

    with (
        pytest.raises(RepositoryError, match="have no commit in common"),
        git_range(f"{main}..other", repository),
    ):
        pass


def test_a_history_that_is_cut_off_within_the_range_is_not_judged(repository, tmp_path):
    main = git(repository, "branch", "--show-current")
    write(repository, "x", "x")
    commit(repository, "x")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth", "1", repository.as_uri(), str(clone))
    # The base is there again as a commit of its own, and what lies between is not.
    git(clone, "fetch", "-q", "--depth", "1", "origin", git(repository, "rev-parse", "HEAD~1"))

    with (
        pytest.raises(NotJudgedError, match="cut off within"),
        git_range(f"FETCH_HEAD..{main}", clone) as commits,
    ):
        commits.changes()
