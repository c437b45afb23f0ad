"""The composite action in pull requests: what it judges, what it says, and to whom."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

POLICY = "policies/team-assistant.yaml"
MARK = "<!-- policyctl:policy-check -->"


def edited(origin, old=b"stage: logging ", new=b"stage: logging  "):
    """Record an edit of the policy on a branch; its commit."""
    author = origin.author
    author.git("switch", "-q", "-c", "feature")
    author.write(POLICY, author.read(POLICY).replace(old, new))
    done = author.run("record", "team-assistant", "--rationale", "an edit", by="erin")
    assert done.code == 0, done.err
    return origin.push("feature")


def owing(origin):
    """A branch on which an approval is owed; its commit."""
    origin.author.git("switch", "-q", "-c", "feature")
    done = origin.author.run("retire", "team-assistant", "--rationale", "not needed", by="erin")
    assert done.code == 0, done.err
    return origin.push("feature")


def pull_request(origin, job, head, **more):
    return job(origin.checkout(head), "pull_request", origin.pull_request(head, **more))


def test_a_recorded_change_passes_and_is_reported_in_comment_and_summary(origin, job, api):
    head = edited(origin)

    done = pull_request(origin, job, head).action(install="none")

    assert (done.code, done.outputs["verdict"], done.outputs["exit-code"]) == (0, "pass", "0")
    assert (done.outputs["base"], done.outputs["head"]) == (origin.commit("main"), head)
    [comment] = api.comments
    assert comment["body"].startswith(f"{MARK}\n")
    assert head[:12] in comment["body"]
    assert comment["body"].removeprefix(f"{MARK}\n") == done.summary
    assert api.tokens == {"Bearer ghs_secret"}
    assert not [line for line in done.commands if line.startswith("::error")]


def test_a_change_that_lacks_an_approval_fails_and_says_so(origin, job, api):
    done = pull_request(origin, job, owing(origin)).action(install="none")

    assert (done.code, done.outputs["verdict"]) == (1, "fail")
    assert "team-assistant" in done.summary
    assert any(line.startswith("::error") for line in done.commands)
    assert len(api.comments) == 1


def test_a_change_without_an_entry_does_not_pass(origin, job, api):
    author = origin.author
    author.git("switch", "-q", "-c", "feature")
    author.write(POLICY, author.read(POLICY) + b"# by hand\n")
    author.git("commit", "-qam", "x")

    done = pull_request(origin, job, origin.push("feature")).action(install="none")

    assert done.code in (1, 4)
    assert done.outputs["verdict"] in ("fail", "tampered")


def test_the_comment_is_written_once_and_then_brought_up_to_date(origin, job, api):
    for number in range(120):
        api.comment(f"comment {number}", author="somebody")
    forged = api.comment(f"{MARK}\nall is well", author="mallory")
    first = pull_request(origin, job, owing(origin)).action(install="none")
    before = api.comments[-1]["body"]
    done = origin.author.run("approve", "team-assistant", "--yes", by="sam")
    assert done.code == 0, done.err

    second = pull_request(origin, job, origin.push("feature")).action(install="none")

    assert (first.outputs["comment"], second.outputs["comment"]) == ("created", "updated")
    assert [one["body"] for one in api.comments if one["user"]["login"] == "mallory"] == [
        f"{MARK}\nall is well"
    ]
    assert forged["body"] == f"{MARK}\nall is well"
    mine = [one for one in api.comments if one["user"]["login"] == "github-actions[bot]"]
    assert len(mine) == 1
    assert mine[0]["body"] != before
    assert second.code == 0


def test_a_token_that_may_only_read_is_no_failure_and_the_summary_has_the_report(origin, job, api):
    api.read_only = True

    done = pull_request(origin, job, edited(origin), fork=True).action(install="none", sarif="true")

    assert (done.code, done.outputs["comment"], api.comments) == (0, "none", [])
    assert done.summary
    [said] = [line for line in done.commands if line.startswith("::notice")]
    assert "the token may not comment on this pull request" in said
    assert "the report is in the summary of this run" in said
    assert done.used == ()  # nothing goes to code scanning from a fork


def test_a_forge_that_does_not_answer_changes_no_verdict(origin, job, api):
    api.fails = 500

    done = pull_request(origin, job, edited(origin)).action(install="none")

    assert (done.code, done.outputs["verdict"], done.outputs["comment"]) == (0, "pass", "none")
    assert any("HTTP status 500" in line for line in done.commands)


def test_findings_go_to_code_scanning_where_it_is_wanted(origin, job):
    done = pull_request(origin, job, edited(origin)).action(install="none", sarif="true")

    assert [name.partition("@")[0] for name in done.used] == ["github/codeql-action/upload-sarif"]
    assert re.fullmatch(r".*@[0-9a-f]{40}", done.used[0])
    assert json.loads(Path(done.outputs["sarif"]).read_bytes())["version"] == "2.1.0"


def test_lint_findings_are_annotations_and_fail_only_where_that_is_wanted(origin, job):
    head = edited(origin, b"Answers questions of colleagues.", b"Answers.")
    run = pull_request(origin, job, head)

    report, fail = (run.action(install="none", lint=how) for how in ("report", "fail"))

    assert report.code == 0
    assert any("purpose-thin" in line for line in report.commands)
    assert (fail.code, fail.outputs["verdict"]) == (1, "fail")


def test_a_broken_policy_fails_with_its_place(origin, job):
    author = origin.author
    author.git("switch", "-q", "-c", "feature")
    author.write("policies/broken.yaml", "id: [\n")
    author.git("add", ".")
    author.git("commit", "-qm", "x")

    done = pull_request(origin, job, origin.push("feature")).action(install="none")

    assert done.code != 0
    assert any("file=policies/broken.yaml,line=" in line for line in done.commands)


def test_a_repository_without_a_policy_is_no_failure(origin, job):
    payload = origin.pull_request(origin.commit("main~1"))
    payload["pull_request"]["base"]["sha"] = origin.commit("main~1")
    done = job(origin.checkout(origin.commit("main~1")), "pull_request", payload).action(
        install="none"
    )

    assert done.outputs["verdict"] in ("pass", "not_judged")
    assert "policies/" not in "".join(done.commands)


@pytest.mark.parametrize("size", [70_000, 400_000])
def test_a_report_that_no_comment_can_hold_is_cut_between_its_parts(origin, job, api, size):
    run = pull_request(origin, job, edited(origin))
    report = run.folder / "report.md"
    part = "<details><summary>x</summary>\n\n| ü |\n| --- |\n\n| row |\n\n</details>\n"
    report.write_text(f"**verdict**\n\n{part}" + f"\n{part}" * (size // len(part)), "utf-8")

    done = run.script(
        "comment.sh",
        AUTHOR="github-actions[bot]",
        NUMBER="7",
        REPORT=str(report),
        TOKEN="t",
    )

    assert done.code == 0, done.log
    body = api.comments[0]["body"]
    assert body.startswith(f"{MARK}\n**verdict**\n")
    assert 60_000 < len(body.encode()) <= 65_536
    assert body.count("<details>") == body.count("</details>") > 100
    assert body.endswith("**The rest is in the summary of the run**: a comment cannot hold it.\n")


def test_the_base_is_named_by_the_beginning_of_its_id(origin, job):
    done = pull_request(origin, job, edited(origin)).action(install="none")

    base = origin.commit("main")
    assert f"may be merged into '{base[:12]}'" in done.summary
    assert base not in done.summary


def test_a_pull_request_about_something_else_gets_no_comment_but_a_verdict(origin, job, api):
    author = origin.author
    author.git("switch", "-q", "-c", "feature")
    author.write("readme.txt", "x")
    author.git("add", ".")
    author.git("commit", "-qm", "x")
    head = origin.push("feature")

    done = pull_request(origin, job, head).action(install="none")
    assert (done.code, done.outputs["verdict"], done.outputs["comment"]) == (0, "pass", "none")
    assert api.comments == []
    assert "no policy changed" in done.summary

    api.comment(f"{MARK}\nit was about policies before")
    done = pull_request(origin, job, head).action(install="none")
    assert done.outputs["comment"] == "updated"
    assert "no policy changed" in api.comments[0]["body"]


def test_a_merge_queue_is_judged_without_a_comment(origin, job, api):
    head = edited(origin)
    payload = {
        "repository": {"full_name": "acme/guardrails", "default_branch": "main"},
        "merge_group": {"base_sha": origin.commit("main"), "head_sha": head},
    }

    done = job(origin.checkout(head), "merge_group", payload).action(install="none")

    assert (done.code, done.outputs["verdict"], done.outputs["head"]) == (0, "pass", head)
    assert api.requests == []


def test_an_event_that_is_refused_ends_the_action_at_once(origin, job, api):
    head = edited(origin)
    run = job(origin.checkout(head), "pull_request_target", origin.pull_request(head))

    done = run.action(install="none")

    assert (done.code, done.outputs["verdict"], done.summary) == (2, "", "")
    assert api.requests == []


def test_what_is_fetched_of_a_long_history_is_enough_to_judge(origin, job):
    author = origin.author
    for _ in range(120):
        author.git("commit", "-q", "--allow-empty", "-m", "old")
    origin.push("main")
    head = edited(origin)
    run = pull_request(origin, job, head)

    done = run.action(install="none")

    assert (done.code, done.outputs["verdict"]) == (0, "pass"), done.log
    fetched = author.git("-C", str(run.workspace), "rev-list", "--count", "HEAD")
    assert int(fetched) < 60
