"""Which two commits an event compares, and how much of the history is fetched for it."""

from __future__ import annotations

import base64
import os
import subprocess
from pathlib import Path

import policyctl

ACTION = Path(policyctl.__file__).parent.parent / ".github/actions/policyctl"
POLICY = "policies/team-assistant.yaml"
ZERO = "0" * 40
REPOSITORY = {"full_name": "acme/guardrails", "default_branch": "main"}


def grown(origin, branch, count):
    """A branch that is some commits ahead of where it began; its commit."""
    origin.author.git("switch", "-q", "-c", branch)
    for number in range(count):
        origin.author.git("commit", "-q", "--allow-empty", "-m", f"{branch} {number}")
    return origin.push(branch)


def base_of(job, origin, name, payload, *, head, base=""):
    done = job(origin.checkout(head), name, payload).script("find-base.sh", INPUT_BASE=base)
    return done, (done.outputs.get("base"), done.outputs.get("head"))


def test_a_pull_request_starts_from_its_base(job, origin):
    head = grown(origin, "feature", 1)

    done, found = base_of(job, origin, "pull_request", origin.pull_request(head), head=head)

    assert found == (origin.commit("main"), head)
    assert (done.outputs["number"], done.outputs["fork"]) == ("7", "false")


def test_a_fork_is_told_and_so_is_one_that_is_gone(job, origin):
    head = grown(origin, "feature", 1)
    gone = origin.pull_request(head)
    gone["pull_request"]["head"]["repo"] = None

    for payload in (origin.pull_request(head, fork=True), gone):
        done, _ = base_of(job, origin, "pull_request", payload, head=head)
        assert done.outputs["fork"] == "true"


def test_pull_request_target_is_refused(job, origin):
    head = origin.commit("main")

    done, found = base_of(job, origin, "pull_request_target", origin.pull_request(head), head=head)

    assert (done.code, found) == (2, (None, None))
    assert "use 'on: pull_request'" in done.log


def test_a_merge_queue_starts_from_the_state_before(job, origin):
    head = grown(origin, "queue", 1)
    payload = {
        "repository": REPOSITORY,
        "merge_group": {"base_sha": origin.commit("main"), "head_sha": head},
    }

    done, found = base_of(job, origin, "merge_group", payload, head=head)

    assert found == (origin.commit("main"), head)
    assert done.outputs["number"] == ""


def test_a_push_starts_from_what_was_there_before(job, origin):
    head = grown(origin, "feature", 2)
    payload = {"repository": REPOSITORY, "before": origin.commit("main"), "after": head}

    assert base_of(job, origin, "push", payload, head=head)[1] == (origin.commit("main"), head)


def test_a_push_of_a_new_branch_starts_from_the_default_branch(job, origin):
    head = grown(origin, "feature", 2)
    payload = {"repository": REPOSITORY, "before": ZERO, "after": head}

    assert base_of(job, origin, "push", payload, head=head)[1] == (origin.commit("main"), head)


def test_a_run_by_hand_starts_from_the_default_branch_or_the_input(job, origin):
    head = grown(origin, "feature", 1)
    payload = {"repository": REPOSITORY}

    for base in ("", "main", origin.commit("main")):
        done, found = base_of(job, origin, "workflow_dispatch", payload, head=head, base=base)

        assert found == (origin.commit("main"), head), done.log


def test_a_tag_that_is_called_like_a_branch_is_not_taken_for_it(job, origin):
    head = grown(origin, "feature", 1)
    for tag in ("main", "origin/main"):
        origin.author.git("push", "-q", str(origin.bare), f"{head}:refs/tags/{tag}")
    payload = {"repository": REPOSITORY}
    refspecs = {False: "refs/tags/*:refs/tags/*", True: "refs/heads/*:refs/remotes/origin/*"}

    for whole in (False, True):
        for base in ("", *(("main", "origin/main") if whole else ())):
            place = origin.checkout(head)
            for each in {refspecs[False], refspecs[whole]}:
                run = ["git", "-C", str(place), "fetch", "-q", "origin", each]
                subprocess.run(run, check=True)
            done = job(place, "workflow_dispatch", payload).script("find-base.sh", INPUT_BASE=base)

            assert done.outputs.get("base") == origin.commit("refs/heads/main"), done.log


def test_an_input_that_is_no_revision_is_refused(job, origin):
    head = origin.commit("main")

    for base in ("--upload-pack=touch x", "$(touch x)", "a b", "main;touch x"):
        done, _ = base_of(job, origin, "push", {"after": head}, head=head, base=base)

        assert done.code == 2
        assert "the input base is no revision" in done.log


def test_an_event_without_a_base_is_refused(job, origin):
    head = origin.commit("main")

    done, _ = base_of(job, origin, "issue_comment", {}, head=head)

    assert done.code == 2
    assert "the event issue_comment has no base: set the input base" in done.log


def deepened(run, base, head, most="10000"):
    return run.script("deepen.sh", BASE=base, HEAD=head, MAX_COMMITS=most, TOKEN="t")


def commits_in(origin, place):
    return int(origin.author.git("-C", str(place), "rev-list", "--all", "--count", "HEAD"))


def test_a_shallow_checkout_is_deepened_to_where_the_two_parted_and_no_further(job, origin):
    for _ in range(300):
        origin.author.git("commit", "-q", "--allow-empty", "-m", "old")
    base = origin.push("main")
    head = grown(origin, "feature", 40)
    place = origin.checkout(head)
    run = job(place, "pull_request", origin.pull_request(head))

    done = deepened(run, base, head)

    assert done.code == 0, done.log
    merge_base = origin.author.git("-C", str(place), "merge-base", base, head).strip()
    assert merge_base == base
    assert 41 <= commits_in(origin, place) < 250
    assert "insteadof" not in (place / ".git/config").read_text().lower()
    assert "AUTHORIZATION" not in (place / ".git/config").read_text()


def test_history_that_is_there_is_not_fetched_again(job, origin):
    head = grown(origin, "feature", 2)
    run = job(origin.author.folder, "pull_request", origin.pull_request(head))

    assert deepened(run, origin.commit("main"), head).code == 0  # there is no origin to ask


def test_fetching_ends_at_the_bound_and_says_so(job, origin):
    head = grown(origin, "feature", 60)
    place = origin.checkout(head)
    run = job(place, "pull_request", origin.pull_request(head))

    done = deepened(run, origin.commit("main"), head, most="10")

    assert done.code == 0
    assert any("do not meet within 10 commits" in line for line in done.commands)
    assert commits_in(origin, place) < 30


def test_a_commit_that_nobody_has_is_not_judged(job, origin):
    head = origin.commit("main")
    run = job(origin.checkout(head), "push", {})

    done = deepened(run, "ab" * 20, head)

    assert done.code == 3
    assert f"commit {'ab' * 20} cannot be fetched" in done.log


def test_the_token_is_in_no_argument_and_in_no_file(job, origin, tmp_path):
    place = origin.checkout(origin.commit("main"))
    run = job(place, "push", {})
    before = (place / ".git/config").read_bytes()
    script = tmp_path / "show.sh"
    script.write_text(
        '. "$A/commands.sh"; . "$A/api.sh"; git_with_token\n'
        "git config --get-all http.https://github.example/.extraheader\n"
    )

    done = run.script(os.path.relpath(script, ACTION), TOKEN="t")

    basic = base64.b64encode(b"x-access-token:t").decode()
    assert done.log == f"\nAUTHORIZATION: basic {basic}\n"
    assert (place / ".git/config").read_bytes() == before


def test_a_branch_that_merged_its_base_is_fetched_back_to_where_both_began(job, origin):
    author = origin.author
    start = origin.commit("main")
    head = grown(origin, "feature", 3)
    author.git("switch", "-q", "main")
    for number in range(5):
        author.git("commit", "-q", "--allow-empty", "-m", f"main {number}")
    author.git("merge", "-q", "--no-ff", "--no-edit", "feature~1")
    base = origin.push("main")
    author.git("switch", "-q", "feature")
    author.git("merge", "-q", "--no-ff", "--no-edit", "main~1")
    head = origin.push("feature")
    place = origin.checkout(head)
    run = job(place, "pull_request", origin.pull_request(head))

    done = deepened(run, base, head)

    assert done.code == 0, done.log
    bases = author.git("merge-base", "--all", base, head).split()
    assert len(bases) == 2
    found = author.git("-C", str(place), "merge-base", "--all", base, head).split()
    assert sorted(found) == sorted(bases)
    assert start not in bases
