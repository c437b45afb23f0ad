"""The life of pull requests at a forge: a bare repository with the hook, clones, and three ways in.

The forge merges as the buttons of the known ones do: with a merge commit, as one squashed commit,
or with the branch's commits replayed on top. Approvals are given on the branches, before any merge.
"""

import importlib.util
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from policyctl.core import paths
from policyctl.core.trust_root import ApprovalRule

TEN = tuple(f"bot-{number}" for number in range(10))
SCRIPT = Path(sys.executable).with_name("policyctl")


def beside(name):
    """A module of this folder, by its name."""
    file = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(file.stem, file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


HOSTILE = beside("test_hostile_git")


class Forge:
    """A bare repository that people clone, and the buttons with which it merges."""

    def __init__(self, scene, folder):
        self.scene = scene
        self.folder = folder
        scene.git("clone", "-q", "--bare", "--template=", str(scene.folder), str(folder))
        done = scene.policyctl("hook", "install", str(folder))
        assert done.code == 0, done.err

    def git(self, *arguments):
        return self.scene.git("-C", str(self.folder), *arguments)

    def clone(self, folder, *options):
        self.scene.git("clone", "-q", "--template=", *options, str(self.folder), str(folder))
        return replace(self.scene, folder=folder)

    def press(self, button, branch, folder):
        """Merge a branch as a user of the forge who presses a button; what the hook said."""
        clone = self.clone(folder)
        BUTTONS[button](clone, f"origin/{branch}")
        done = subprocess.run(
            ["git", "push", "-q", "origin", "HEAD:main"],
            cwd=folder,
            env=dict(clone.world),
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        return done.returncode, done.stderr


def with_a_merge_commit(clone, branch):
    clone.git("merge", "-q", "--no-ff", "-m", f"merge {branch}", branch)


def squashed(clone, branch):
    clone.git("merge", "-q", "--squash", branch)
    clone.git("commit", "-q", "-m", f"squash {branch}")


def rebased(clone, branch):
    clone.git("switch", "-q", "--detach", branch)
    clone.git("rebase", "-q", "main")


BUTTONS = {"merge": with_a_merge_commit, "squash": squashed, "rebase": rebased}


def named(scene, policy):
    text = scene.read(paths.policy_path("pii")).decode()
    return re.sub(r"^id: pii$", f"id: {policy}", text, flags=re.MULTILINE)


def approval_of(policy):
    """Sam's signature of the change that the policy's branch brings."""
    return paths.signature_path(policy, 2, "sam", "security")


@pytest.fixture(scope="module")
def parallel(base, workshop):
    """Ten policies, each changed and approved on a branch of its own, before any merge."""
    scene = base.copy(workshop / "parallel")
    everything = ApprovalRule(
        actions=tuple(scene.root().approvals[1].actions), need={"security": 1}
    )
    scene.rotate(approvals=(everything, *scene.root().approvals))
    scene.commit("a stricter root")
    for policy in TEN:
        scene.write(paths.policy_path(policy), named(scene, policy))
    scene.do("record", *TEN, "--rationale", "ten of them", by="erin")
    for policy in TEN:
        scene.git("switch", "-q", "-c", policy, "main")
        scene.write(paths.policy_path(policy), named(scene, policy) + "sensitivity: L4\n")
        scene.do("record", policy, "--rationale", "a sharper eye", by="erin")
        scene.do("approve", policy, "--yes", by="sam")
    scene.git("switch", "-q", "main")
    return scene


@pytest.fixture
def forge(parallel, place):
    return Forge(parallel, place / "forge.git")


def check(clone, branch, base="origin/main"):
    """What CI says of a pull request: both commands agree whether it may be merged."""
    done = clone.verify("--base", base, "--rev", branch)
    gate = clone.policyctl("promote", "--check", "--base", base, "--head", branch)
    # What its author can still mend is no tampering to the gate.
    assert gate.code == (1 if done.codes == {"UNRECORDED_CHANGE"} else done.code), gate.out
    return done.code, done.codes


@pytest.mark.parametrize("button", BUTTONS)
def test_ten_approvals_that_were_given_before_any_merge_all_hold_afterwards(forge, place, button):
    for number, policy in enumerate(TEN):
        ci = forge.clone(place / f"ci-{number}", "--no-checkout")
        assert check(ci, f"origin/{policy}") == (0, set())
        code, said = forge.press(button, policy, place / f"merge-{number}")
        assert code == 0, said

    after = forge.clone(place / "after")
    done = after.verify("--history")
    assert done.code == 0, done.out
    assert done.codes <= {"HISTORICAL_UNAPPROVED_STATE"}
    assert [after.read(approval_of(policy))[:20] for policy in TEN] == [
        b"-----BEGIN SSH SIGNA"
    ] * 10
    assert all(b"sensitivity: L4" in after.read(paths.policy_path(policy)) for policy in TEN)
    ways = {"merge": 10, "squash": 0, "rebase": 0}
    assert after.git("rev-list", "--merges", "--count", "HEAD") == str(ways[button])


def test_the_three_buttons_leave_the_same_ledger(forge, place):
    trees = set()
    for button in BUTTONS:
        other = Forge(forge.scene, place / f"{button}.git")
        for policy in TEN[:3]:
            assert other.press(button, policy, place / f"{button}-{policy}")[0] == 0
        trees.add(other.git("rev-parse", "main^{tree}"))

    assert len(trees) == 1


def edit_and_record_again(clone, policy):
    """The author goes on after the approval, and records it."""
    path = paths.policy_path(policy)
    clone.write(path, clone.read(path).replace(b"sensitivity: L4", b"sensitivity: L1"))
    clone.do("record", policy, "--rationale", "less of it", by="erin")


def edit_without_an_entry(clone, policy):
    """The author changes the file that was approved, and nothing else."""
    path = paths.policy_path(policy)
    clone.write(path, clone.read(path).replace(b"sensitivity: L4", b"sensitivity: L1"))
    clone.commit("only a detail")


def exchange_what_was_approved(clone, policy):
    """The author makes the entry anew with another content, and keeps the approval beside it."""
    approval = clone.read(approval_of(policy))
    clone.git("reset", "-q", "--hard", "origin/main")
    clone.write(paths.policy_path(policy), named(clone, policy) + "sensitivity: L1\n")
    clone.do("record", policy, "--rationale", "a sharper eye", by="erin")
    clone.write(approval_of(policy), approval)
    clone.commit("approved")


@pytest.mark.parametrize("button", BUTTONS)
@pytest.mark.parametrize(
    ("change", "code", "told"),
    [
        (edit_and_record_again, 1, {"APPROVALS_MISSING"}),
        (edit_without_an_entry, 4, {"UNRECORDED_CHANGE"}),
        (exchange_what_was_approved, 4, {"SIG_INVALID", "APPROVALS_MISSING"}),
    ],
)
def test_an_approval_goes_stale_when_the_content_changes(forge, place, button, change, code, told):
    policy = TEN[0]
    author = forge.clone(place / "author", "--branch", policy)
    change(author, policy)
    author.git("push", "-q", "--force", "origin", policy)
    ci = forge.clone(place / "ci", "--no-checkout")
    before = forge.git("rev-parse", "main")

    assert check(ci, f"origin/{policy}") == (code, told)
    pushed, said = forge.press(button, policy, place / "merge")
    assert pushed != 0
    assert told & set(re.findall(r"^remote: ([A-Z_]+)  ", said, re.MULTILINE))
    assert forge.git("rev-parse", "main") == before


def test_a_renewed_approval_makes_the_pull_request_fit_again(forge, place):
    policy = TEN[0]
    author = forge.clone(place / "author", "--branch", policy)
    edit_and_record_again(author, policy)
    author.do("approve", policy, "--yes", by="sam")
    author.git("push", "-q", "origin", policy)
    ci = forge.clone(place / "ci", "--no-checkout")

    assert check(ci, f"origin/{policy}") == (0, set())
    assert forge.press("rebase", policy, place / "merge")[0] == 0


def test_an_approval_survives_pushes_of_other_things_and_a_rebase_of_its_branch(forge, place):
    policy = TEN[0]
    assert forge.press("squash", TEN[1], place / "other")[0] == 0
    author = forge.clone(place / "author", "--branch", policy)
    author.write("app.py", "print()\n")
    author.commit("the application, beside it")
    author.git("rebase", "-q", "origin/main")
    author.git("push", "-q", "--force", "origin", policy)
    ci = forge.clone(place / "ci", "--no-checkout")

    assert check(ci, f"origin/{policy}") == (0, set())
    assert forge.press("merge", policy, place / "merge")[0] == 0


PROGRAM = "import os\nopen(os.environ['MARKER'], 'a').write(__file__)\n"
SURPRISES = {
    ".gitattributes": "* filter=x diff=policyctl merge=x\n",
    ".gitmodules": "[submodule \"x\"]\n\tpath = x\n\turl = ext::sh -c 'touch $MARKER'\n",
    ".git-hooks/commit-msg": '#!/bin/sh\ntouch "$MARKER"\n',
    ".pre-commit-config.yaml": "repos: [{repo: local, hooks: [{id: x, name: x, entry: sh -c "
    "'touch $MARKER', language: system, always_run: true}]}]\n",
    "sitecustomize.py": PROGRAM,
    "usercustomize.py": PROGRAM,
    "policyctl/__init__.py": PROGRAM,
    "yaml.py": PROGRAM,
    "git.py": PROGRAM,
    "policyctl.toml": "[lint]\nignore = ['all']\n",
    "policies/loop.yaml": "a: &a [*a, *a]\n",
    "policies/tag.yaml": "!!python/object/apply:os.system ['touch $MARKER']\n",
    "catalogues/x.json": "{}\n",
}
PULL_REQUEST = (
    ("verify", "--base", "origin/main"),
    ("verify", "--base", "origin/main", "--history"),
    ("promote", "--check", "--base", "origin/main"),
    ("promote", "--check", "--base", "origin/main", "--format", "markdown"),
    ("diff", "origin/main...HEAD"),
    ("diff", "--format", "markdown", "origin/main...HEAD"),
    ("lint", "--range", "origin/main..HEAD"),
    ("validate",),
    ("coverage",),
    ("log",),
    ("doctor",),
)
GIT_DRIVER = '\n[diff "policyctl"]\n\tcommand = {run}\n\ttextconv = {run}\n'


@pytest.fixture
def marker(place):
    """A file that appears if anything of the pull request runs."""
    return place / "executed"


@pytest.fixture
def pull_request(forge, place):
    """A maintainer's clone in which the pull request of a hostile fork is checked out."""
    fork = forge.clone(place / "fork", "--branch", TEN[0])
    for path, content in SURPRISES.items():
        fork.write(path, content)
        (fork.folder / path).chmod(0o755)
    fork.git("add", "-A", "--force")
    fork.git("commit", "-q", "-m", "please merge")
    forge.git("fetch", "-q", str(fork.folder), "HEAD:refs/pull/7/head")
    clone = forge.clone(place / "maintainer")
    clone.git("fetch", "-q", "origin", "refs/pull/7/head:pull")
    clone.git("switch", "-q", "pull")
    return clone


def run_inside(clone, marker, command):
    """A command as CI runs it: a process of its own, standing in what was checked out."""
    done = subprocess.run(
        [SCRIPT, *command],
        cwd=clone.folder,
        env={**clone.world, "MARKER": str(marker)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.returncode


@pytest.mark.parametrize("command", PULL_REQUEST, ids=" ".join)
def test_checking_the_pull_request_of_a_hostile_fork_executes_nothing(
    pull_request, marker, command
):
    code = run_inside(pull_request, marker, command)

    assert code in {0, 1, 2, 3, 4}
    assert not marker.exists()


@pytest.mark.parametrize("command", PULL_REQUEST, ids=" ".join)
def test_a_clone_whose_own_settings_are_hostile_executes_nothing(
    pull_request, place, marker, command
):
    arm(pull_request, place, marker)

    run_inside(pull_request, marker, command)

    assert not marker.exists()


def arm(clone, place, marker):
    """Give a clone hostile settings, among them a driver of the name that policyctl uses."""
    run = place / "run.sh"
    run.write_text(f"#!/bin/sh\necho \"$0 $*\" >> '{marker}'\ncat\n")
    run.chmod(0o755)
    HOSTILE.arm(clone, run)
    with (clone.folder / ".git/config").open("a") as config:
        config.write(GIT_DRIVER.format(run=run))


def test_the_traps_of_the_fork_do_work(pull_request, place, marker):
    environment = {**pull_request.world, "MARKER": str(marker), "PYTHONPATH": "."}
    program = [sys.executable, "-c", ""]
    subprocess.run(program, cwd=pull_request.folder, env=environment, check=False)
    assert "sitecustomize.py" in marker.read_text()

    marker.unlink()
    with (pull_request.folder / ".git/config").open("a") as config:
        run = place / "run.sh"
        run.write_text(f"#!/bin/sh\necho \"$0 $*\" >> '{marker}'\n")
        run.chmod(0o755)
        config.write(GIT_DRIVER.format(run=run))
    pull_request.write("policies/tag.yaml", "x: y\n")
    pull_request.git("diff")
    assert "run.sh" in marker.read_text()


def test_the_pull_request_of_the_fork_is_refused_by_ci_and_by_the_forge(forge, pull_request, place):
    code, codes = check(pull_request, "HEAD")
    assert code == 4
    assert "UNREGISTERED_POLICY" in codes
    before = forge.git("rev-parse", "main")
    forge.git("update-ref", "refs/heads/pull", "refs/pull/7/head")

    for button in BUTTONS:
        pushed, said = forge.press(button, "pull", place / button)
        assert pushed != 0
        assert "UNREGISTERED_POLICY" in said
    assert forge.git("rev-parse", "main") == before
