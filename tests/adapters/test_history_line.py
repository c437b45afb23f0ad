"""Which branch is the main line: said, or told by its name and then to no attacker's gain."""

import subprocess

import pytest

from policyctl.adapters.git_location import find_readable
from policyctl.adapters.git_objects import ObjectStore
from policyctl.adapters.history_line import HistoryLine


@pytest.fixture
def clone(tmp_path):
    """A clone of a repository whose main line is ``master``, with one commit more on it."""

    def git(*words, cwd=tmp_path / "clone"):
        known = ("-c", "user.name=x", "-c", "user.email=x@example.org")
        return subprocess.check_output(["git", *known, *words], cwd=cwd, text=True).strip()

    origin = tmp_path / "origin"
    origin.mkdir()
    git("init", "-q", "-b", "master", cwd=origin)
    for number in range(2):
        git("commit", "-q", "--allow-empty", "-m", str(number), cwd=origin)
    git("clone", "-q", str(origin), str(tmp_path / "clone"), cwd=tmp_path)
    return git


def line(tmp_path, rev, clone):
    store = ObjectStore(find_readable(tmp_path / "clone"))
    return HistoryLine(store, clone("rev-parse", rev))


def decoy(clone, name="main"):
    """Somebody pushed a branch with a usual name, which stays behind."""
    clone("update-ref", f"refs/remotes/origin/{name}", "master~1")


def test_the_remote_says_which_branch_is_the_main_line(clone, tmp_path):
    decoy(clone)

    tip, older = line(tmp_path, "master", clone), line(tmp_path, "master~1", clone)

    assert (tip.is_tip(), tip.is_on_main(), tip.doubt()) == (True, True, "")
    assert (older.is_tip(), older.is_on_main()) == (False, True)


def test_the_user_says_so_before_the_remote(clone, tmp_path):
    clone("config", "policyctl.branch", "release")
    clone("update-ref", "refs/remotes/origin/release", "master~1")

    assert line(tmp_path, "master~1", clone).is_tip()
    assert not line(tmp_path, "master", clone).is_on_main()


def test_of_two_usual_names_neither_takes_the_place_of_the_other(clone, tmp_path):
    clone("remote", "set-head", "origin", "--delete")
    decoy(clone)

    for rev in ("master", "master~1"):
        either = line(tmp_path, rev, clone)
        assert (either.is_tip(), either.is_on_main(), either.is_ahead_of_main()) == (
            *(True, False, False),
        )
        assert either.doubt() == (
            "'origin/main' and 'origin/master' may both be the main line: "
            "'git remote set-head origin --auto' says which branch it is"
        )


def test_two_names_of_one_commit_are_no_doubt_about_the_commit(clone, tmp_path):
    clone("remote", "set-head", "origin", "--delete")
    decoy(clone)
    clone("update-ref", "refs/remotes/origin/main", "master")

    assert line(tmp_path, "master", clone).is_on_main()


def test_a_main_line_that_was_told_by_its_name_is_said_to_be(clone, tmp_path):
    clone("remote", "set-head", "origin", "--delete")

    found = line(tmp_path, "master", clone)

    assert (found.is_tip(), found.is_on_main()) == (True, True)
    assert "'origin/master' is taken for the main line by its name" in found.doubt()


def test_a_repository_of_ones_own_has_the_branch_that_its_owner_made(clone, tmp_path):
    clone("remote", "remove", "origin")
    clone("switch", "-q", "-c", "idea", "master~1")

    assert line(tmp_path, "master", clone).is_tip()
    assert not line(tmp_path, "idea", clone).is_tip()
    assert line(tmp_path, "idea", clone).doubt() == ""
