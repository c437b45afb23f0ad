import os
import subprocess
import sys
import textwrap

import pytest

from policyctl.adapters.git_repo import Workspace
from policyctl.errors import RepositoryError
from policyctl.usecases.ports import Person


@pytest.fixture(autouse=True)
def world(tmp_path, monkeypatch):
    """A home of its own, and no variables or settings of the person who runs the tests."""
    for name in list(os.environ):
        if name.startswith("GIT_"):
            monkeypatch.delenv(name)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)


def git(folder, *arguments, check=True):
    identity = ("-c", "user.name=Tester", "-c", "user.email=tester@example.com")
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, capture_output=True, check=check
    )
    return done.stdout.decode().strip()


def write(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


@pytest.fixture
def repo(tmp_path):
    folder = tmp_path / "repo"
    git(tmp_path, "init", "-q", "-b", "main", "repo")
    write(folder, {"policies/a.yaml": b"id: a\n", "policies/b.yaml": b"id: b\n", "app.py": b"\n"})
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "first")
    return folder


@pytest.fixture
def workspace(repo):
    return Workspace.open(repo / "policies")


def refusal(function, *arguments):
    with pytest.raises(RepositoryError) as caught:
        function(*arguments)
    return caught.value.message, caught.value.hint


def test_a_workspace_is_opened_from_any_folder_below(repo, workspace):
    assert workspace.location.work_tree == repo


def test_a_folder_outside_any_repository_is_a_clear_error(tmp_path):
    assert refusal(Workspace.open, tmp_path) == (
        f"{tmp_path} is not in a git repository",
        "run 'git init'",
    )


def test_init_makes_a_repository_with_the_branch_that_was_asked_for(tmp_path):
    made = Workspace.init(tmp_path / "new" / "place", branch="trunk")

    assert made.location.work_tree == tmp_path / "new" / "place"
    assert git(tmp_path / "new" / "place", "symbolic-ref", "HEAD") == "refs/heads/trunk"
    assert made.changes(["."]) == {}
    assert Workspace.init(tmp_path / "other").location.git_dir == tmp_path / "other" / ".git"


def test_init_where_it_cannot_be_is_a_clear_error(tmp_path):
    (tmp_path / "file").write_text("")

    assert refusal(Workspace.init, tmp_path / "file") == (
        f"cannot make a repository in {tmp_path / 'file'}: File exists",
        "",
    )


def test_init_with_an_impossible_branch_is_a_clear_error(tmp_path):
    message, _ = refusal(Workspace.init, tmp_path / "new", "a..b")

    assert message == (
        f"cannot make a repository in {tmp_path / 'new'}: "
        "fatal: invalid initial branch name: 'a..b'"
    )


def test_identity_is_what_git_was_told(repo, workspace, monkeypatch):
    assert workspace.identity() is None
    git(repo, "config", "--global", "user.name", "Zoë Åström")
    assert workspace.identity() is None
    git(repo, "config", "--global", "user.email", "zoe@example.com")
    assert workspace.identity() == Person(name="Zoë Åström", email="zoe@example.com")
    git(repo, "config", "user.email", "zoe@work.example")
    assert workspace.identity() == Person(name="Zoë Åström", email="zoe@work.example")
    git(repo, "config", "author.name", "Zoë")
    assert workspace.identity() == Person(name="Zoë", email="zoe@work.example")
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Z")
    monkeypatch.setenv("GIT_AUTHOR_EMAIL", "z@example.com")
    assert workspace.identity() == Person(name="Z", email="z@example.com")


def test_signing_settings_are_read_as_they_stand(repo, workspace):
    assert workspace.signing_key() is None
    assert workspace.signs_commits() is False
    git(repo, "config", "--global", "user.signingkey", "~/.ssh/id_ed25519.pub")
    git(repo, "config", "--global", "commit.gpgsign", "yes")

    assert workspace.signing_key() == "~/.ssh/id_ed25519.pub"
    assert workspace.signs_commits() is True


def test_settings_that_git_cannot_read_are_a_clear_error(repo, workspace):
    (repo / ".git" / "config").write_text("[user\n")

    message, _ = refusal(workspace.identity)
    assert message.startswith("git's settings cannot be read: fatal: bad config line 1 in file ")


def test_a_clean_working_tree_has_no_changes(workspace):
    assert workspace.changes(["."]) == {}
    assert workspace.changes(["policies", "app.py"]) == {}
    assert workspace.changes(["policies/absent.yaml"]) == {}
    assert workspace.changes([]) == {}


def test_each_kind_of_change_has_its_word(repo, workspace):
    write(
        repo,
        {f"policies/{name}.yaml": b"1\n" for name in ("staged", "touched", "gone", "unstaged")},
    )
    git(repo, "add", ".")
    git(repo, "commit", "-q", "-m", "more")
    write(
        repo,
        {
            "policies/staged.yaml": b"2\n",
            "policies/added.yaml": b"new\n",
            "policies/a.yaml": b"twice\n",
        },
    )
    git(repo, "add", ".")
    git(repo, "rm", "-q", "--cached", "policies/unstaged.yaml")
    git(repo, "rm", "-q", "policies/b.yaml")
    (repo / "policies" / "gone.yaml").unlink()
    write(
        repo,
        {
            "policies/touched.yaml": b"3\n",
            "policies/a.yaml": b"again\n",
            "policies/deep/new.yaml": b"new\n",
        },
    )

    expected = {
        "policies/a.yaml": "modified",
        "policies/added.yaml": "staged",
        "policies/b.yaml": "deleted",
        "policies/deep/new.yaml": "untracked",
        "policies/gone.yaml": "deleted",
        "policies/staged.yaml": "staged",
        "policies/touched.yaml": "modified",
        "policies/unstaged.yaml": "staged",
    }
    assert workspace.changes(["policies"]) == expected
    assert workspace.changes(["."]) == expected
    assert workspace.changes(list(expected)) == expected
    assert workspace.changes(["policies/deep"]) == {"policies/deep/new.yaml": "untracked"}


def test_before_the_first_commit_files_are_untracked_or_staged(tmp_path):
    workspace = Workspace.init(tmp_path / "new")
    write(tmp_path / "new", {"a": b"1", "b": b"2"})
    git(tmp_path / "new", "add", "a")

    assert workspace.changes(["."]) == {"a": "staged", "b": "untracked"}


def test_a_conflict_is_named(repo, workspace):
    git(repo, "checkout", "-q", "-b", "side")
    write(repo, {"policies/a.yaml": b"side\n"})
    git(repo, "commit", "-q", "-a", "-m", "side")
    git(repo, "checkout", "-q", "main")
    write(repo, {"policies/a.yaml": b"main\n"})
    git(repo, "commit", "-q", "-a", "-m", "main")
    git(repo, "merge", "-q", "side", check=False)

    assert workspace.changes(["policies"]) == {"policies/a.yaml": "conflicted"}


def test_line_endings_of_a_checkout_are_no_change(repo, workspace):
    write(repo, {"policies/a.yaml": b"id: a\r\n"})
    assert workspace.changes(["policies"]) == {}

    write(repo, {"policies/a.yaml": b"id: a2\r\n"})
    assert workspace.changes(["policies"]) == {"policies/a.yaml": "modified"}


def test_a_link_in_the_place_of_a_file_is_a_change_and_is_not_followed(repo, workspace, tmp_path):
    (tmp_path / "outside").mkdir()
    write(tmp_path / "outside", {"x.yaml": b"x\n", "a.yaml": b"id: a\n"})
    (repo / "policies" / "a.yaml").unlink()
    (repo / "policies" / "a.yaml").symlink_to(tmp_path / "outside" / "a.yaml")
    (repo / "policies" / "folder").symlink_to(tmp_path / "outside")

    assert workspace.changes(["policies"]) == {
        "policies/a.yaml": "modified",
        "policies/folder": "untracked",
    }
    git(repo, "add", ".")
    git(repo, "commit", "-q", "-m", "links")
    assert workspace.changes(["policies"]) == {}


def test_an_embedded_repository_is_no_trap(repo, workspace):
    git(repo, "init", "-q", "policies/nested")
    write(repo, {"policies/nested/x.yaml": b"x\n"})

    assert workspace.changes(["policies"]) == {"policies/nested/x.yaml": "untracked"}


def test_changes_are_found_without_running_a_filter(repo, workspace, tmp_path):
    marker, program = tmp_path / "marker", tmp_path / "evil"
    program.write_text(f"#!/bin/sh\necho x >> '{marker}'\ncat\n")
    program.chmod(0o755)
    write(repo, {".gitattributes": b"* filter=evil\n"})
    git(repo, "config", "filter.evil.clean", str(program))
    git(repo, "config", "core.fsmonitor", str(program))
    git(repo, "config", "core.pager", str(program))
    write(repo, {"policies/a.yaml": b"edited\n"})

    assert workspace.changes(["policies"]) == {"policies/a.yaml": "modified"}
    assert workspace.identity() is None
    assert workspace.signs_commits() is False
    assert not marker.exists()


def two_lines(repo):
    git(repo, "checkout", "-q", "-b", "side")
    write(repo, {"app.py": b"side\n"})
    git(repo, "commit", "-q", "-a", "-m", "side")
    git(repo, "checkout", "-q", "main")
    write(repo, {"app.py": b"main\n"})
    git(repo, "commit", "-q", "-a", "-m", "main")


@pytest.mark.parametrize(
    ("command", "words", "abort"),
    [
        (["merge", "side"], "a merge", ["merge", "--abort"]),
        (["rebase", "side"], "a rebase", ["rebase", "--abort"]),
        (["rebase", "--apply", "side"], "a rebase", ["rebase", "--abort"]),
        (["cherry-pick", "side"], "a cherry-pick", ["cherry-pick", "--abort"]),
        (["revert", "--no-edit", "HEAD~1"], "a revert", ["revert", "--abort"]),
        (["bisect", "start"], "a bisect", ["bisect", "reset"]),
    ],
)
def test_what_git_is_in_the_middle_of_has_a_name(repo, workspace, command, words, abort):
    two_lines(repo)
    write(repo, {"app.py": b"later\n"})
    git(repo, "commit", "-q", "-a", "-m", "later")
    assert workspace.in_progress() is None

    git(repo, *command, check=False)
    assert workspace.in_progress() == words

    git(repo, *abort)
    assert workspace.in_progress() is None


def test_a_linked_worktree_has_its_own_state_and_shared_settings(repo, tmp_path):
    two_lines(repo)
    git(repo, "worktree", "add", "-q", str(tmp_path / "linked"), "side")
    git(repo, "config", "user.name", "A")
    git(repo, "config", "user.email", "a@example.com")
    git(tmp_path / "linked", "merge", "main", check=False)

    linked = Workspace.open(tmp_path / "linked")
    assert linked.in_progress() == "a merge"
    assert linked.changes(["."]) == {"app.py": "conflicted"}
    assert linked.identity() == Person(name="A", email="a@example.com")
    assert Workspace.open(repo).in_progress() is None


def test_inside_a_real_hook_the_repository_that_was_asked_for_is_meant(repo, tmp_path):
    target, made, said = tmp_path / "target", tmp_path / "made", tmp_path / "said"
    git(tmp_path, "init", "-q", "-b", "main", "target")
    git(target, "config", "user.name", "Target")
    git(target, "config", "user.email", "target@example.com")
    write(target, {"x": b"1"})
    git(repo, "worktree", "add", "-q", "-b", "side", str(tmp_path / "linked"))
    script = tmp_path / "run.py"
    script.write_text(
        textwrap.dedent(f"""
            import os
            from pathlib import Path
            from policyctl.adapters.git_repo import Workspace

            names = sorted(name for name in os.environ if name in ("GIT_DIR", "GIT_INDEX_FILE"))
            for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL"):
                os.environ.pop(name, None)
            workspace = Workspace.open(Path({str(target)!r}))
            made = Workspace.init(Path({str(made)!r}))
            Path({str(said)!r}).write_text(repr((
                names,
                workspace.identity().name,
                workspace.changes(["."]),
                made.location.git_dir.is_dir(),
            )))
        """)
    )
    hook = repo / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\nexec '{sys.executable}' '{script}'\n")
    hook.chmod(0o755)

    git(tmp_path / "linked", "commit", "-q", "--allow-empty", "-m", "with a hook")

    assert said.read_text() == repr(
        (["GIT_DIR", "GIT_INDEX_FILE"], "Target", {"x": "untracked"}, True)
    )
    assert "worktree" not in (made / ".git" / "config").read_text()
    assert git(repo, "status", "--porcelain") == ""


def test_a_machine_without_git_is_a_clear_error_and_not_a_crash(tmp_path):
    code = (
        "from policyctl.errors import RepositoryError\n"
        "try:\n    import policyctl.adapters.git_repo\n"
        "except RepositoryError as error:\n    print(error.message, '|', error.hint)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PATH": str(tmp_path), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "git was not found | install git 2.34 or newer\n", done.stderr
