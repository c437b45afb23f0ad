"""A review that changes nothing is on record: who may make it, who agrees, what counts it."""

from __future__ import annotations

import json
import shutil

import pytest

BOT = "team-assistant"
POLICY = f"policies/{BOT}.yaml"
WHY = "yearly review: the dials fit"


def done(world, *arguments, by=""):
    """Run a command that must succeed."""
    ran = world.run(*arguments, by=by)
    assert ran.code == 0, ran.err + ran.out
    return ran


def review(world, *more, policy=BOT, by="erin"):
    return world.run("record", policy, "--reviewed", "--rationale", WHY, *more, by=by)


def last_entry(world):
    return json.loads(done(world, "log", BOT, "--format", "json").out)["result"]["entries"][-1]


def findings(world, *arguments):
    """The exit code of a command and the codes of what it finds."""
    ran = world.run(*arguments, "--format", "json")
    return ran.code, {item["code"] for item in json.loads(ran.out)["findings"]}


def overdue(world, day):
    """Whether ``lint`` finds on a day that nobody looked at the policy for too long."""
    ran = world.run("lint", "--now", day, "--format", "json")
    return "review-overdue" in {item["code"] for item in json.loads(ran.out)["findings"]}


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """A folder for the repository that several tests start from."""
    return tmp_path_factory.mktemp("reviewed") / "limited"


@pytest.fixture
def limited(empty, made, events, request):
    """The policy blocks, so that changes of it need Sam."""
    if made.exists():
        shutil.copytree(made, empty.folder, dirs_exist_ok=True)
        return empty
    world = request.getfixturevalue("recorded")
    asked = ("--to", "limited", "--rationale", "measured", "--events", events)
    done(world, "promote", BOT, *asked, by="erin")
    done(world, "approve", BOT, "--yes", by="sam")
    shutil.copytree(world.folder, made)
    return world


def test_the_entry_says_that_nothing_changed_and_verifies(recorded):
    before = recorded.read(POLICY)

    ran = review(recorded)

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"recorded {BOT}: review\n")
    found = last_entry(recorded)
    entry = found["entry"]
    assert (entry["action"], entry["seq"], entry["rationale"]) == ("review", 2, WHY)
    assert entry["before"] == entry["after"]
    assert (entry["from"], entry["to"], entry["owner"]) == ("logging", "logging", "assistants")
    assert (entry["evidence"], found["authors"], found["missing"]) == ([], ["erin"], {})
    assert recorded.read(POLICY) == before
    changed = recorded.git("diff", "--name-only", "HEAD~1").split()
    assert changed == [f".policyctl/log/{BOT}/000002.json{end}" for end in ("", ".erin.sig")]
    assert recorded.git("log", "-1", "--format=%s").strip() == f"policy({BOT}): review"
    assert findings(recorded, "verify") == (0, set())


def test_the_time_until_the_next_review_begins_anew(recorded):
    assert not overdue(recorded, "2027-05-01")
    assert overdue(recorded, "2027-09-01")

    assert review(recorded, "--now", "2027-05-01").code == 0

    assert not overdue(recorded, "2027-09-01")
    assert overdue(recorded, "2027-12-01")


def test_where_an_edit_needs_others_a_review_waits_for_them(limited):
    ran = review(limited)

    assert "needs     1 x security: sam" in ran.out
    assert findings(limited, "verify") == (4, {"APPROVALS_MISSING"})
    again = review(limited)
    assert (again.code, again.err.splitlines()[0]) == (
        1,
        f"policyctl: entry 3 of '{BOT}' (limited -> limited) still waits for 1 x security",
    )

    shown = done(limited, "approve", BOT, "--yes", by="sam").out

    assert f"{BOT}: review   entry 3\n" in shown
    assert f"  why       {WHY}\n" in shown
    assert f"  reviewed  {POLICY}, which stays as it is\n" in shown
    assert last_entry(limited)["approvals"] == {"security": ["sam"]}
    assert findings(limited, "verify") == (0, set())


def test_a_pull_request_that_only_reviews_is_judged_by_its_entry(limited):
    limited.git("switch", "-q", "-c", "review")
    assert review(limited).code == 0
    asked = ("promote", "--check", "--base", "main")

    assert findings(limited, *asked) == (1, {"APPROVALS_MISSING"})
    assert done(limited, "diff", "main", "HEAD").out.endswith("no policy differs\n")
    done(limited, "approve", BOT, "--yes", by="sam")

    ready = done(limited, *asked).out
    assert "its entries alone  3 review  1 x security  sam (security)  ready" in ready
    assert findings(limited, "verify", "--base", "main") == (0, set())


def test_only_somebody_behind_the_owner_reviews(recorded):
    head = recorded.git("rev-parse", "HEAD")

    for more in ((), ("--dry-run",)):
        ran = review(recorded, *more, by="sam")

        assert (ran.code, ran.out, ran.err) == (
            1,
            "",
            "policyctl: 'sam' is not behind 'assistants', who owns 'team-assistant' and has to "
            "review it\n  = one of: erin\n",
        )
    assert recorded.git("rev-parse", "HEAD") == head


def test_a_stranger_reviews_nothing(recorded):
    ran = review(recorded, by="mallory")

    assert ran.code == 1
    assert "belongs to nobody whom the trust root knows" in ran.err


def test_governance_may_ask_others_about_reviews(limited):
    rules = done(limited, "root", "show", "--format", "yaml").out
    own = "approvals:\n  - {actions: [review], need: {}}\n"
    assert rules.count("\napprovals:\n") == 1
    limited.write("governance.yaml", rules.replace("approvals:\n", own))
    words = ("--from", "governance.yaml", "--rationale", "owners review alone")
    proposed = done(limited, "root", "propose", *words, by="erin").out
    assert "review in limited" in proposed

    assert "approval  none needed" in review(limited).out
    assert findings(limited, "verify") == (0, set())


def test_an_edited_file_is_no_review(recorded):
    recorded.write(POLICY, recorded.read(POLICY).decode() + "# more\n")

    ran = review(recorded)

    assert ran.code == 2
    assert POLICY in ran.err
    assert last_entry(recorded)["entry"]["action"] == "register"


def test_an_edit_that_was_committed_and_not_recorded_is_no_review(recorded):
    recorded.write(POLICY, recorded.read(POLICY).decode() + "# more\n")
    recorded.git("commit", "-qam", "more")

    ran = review(recorded)

    assert ran.code == 1
    assert f"{POLICY} is not what entry 1 recorded" in ran.err


def test_without_a_change_record_says_how_a_review_is_recorded(recorded):
    ran = recorded.run("record", BOT, "--rationale", WHY, by="erin")

    assert (ran.code, ran.err) == (
        1,
        f"policyctl: {POLICY} is as entry 1 recorded it\n"
        f"  = if it was reviewed, say so: policyctl record {BOT} --reviewed\n",
    )


def test_what_is_not_recorded_or_has_ended_cannot_be_reviewed(limited):
    unknown = review(limited, policy="other")
    assert (unknown.code, unknown.err.splitlines()[0]) == (
        2,
        "policyctl: there is no recorded policy 'other'",
    )
    done(limited, "retire", BOT, "--rationale", "replaced", by="erin")
    done(limited, "approve", BOT, "--yes", by="sam")

    ended = review(limited)

    assert (ended.code, ended.err.splitlines()[0]) == (
        1,
        f"policyctl: '{BOT}' has no file since entry 3 (retire), so there is nothing to review",
    )


def test_several_policies_are_reviewed_as_one_change_or_none_is(recorded):
    text = recorded.read(POLICY).decode().replace(f"id: {BOT}", "id: second")
    recorded.write("policies/second.yaml", text)
    done(recorded, "record", "second", "--rationale", "one more", by="erin")
    head = recorded.git("rev-parse", "HEAD")
    asked = ("record", BOT, "second", "--reviewed", "--rationale", WHY)
    assert recorded.run(*asked, "third", by="erin").code == 2
    assert recorded.git("rev-parse", "HEAD") == head

    done(recorded, *asked, by="erin")

    assert recorded.git("rev-parse", "HEAD~1") == head
    entries = json.loads(done(recorded, "log", "--format", "json").out)["result"]["entries"]
    reviews = [item["entry"] for item in entries if item["entry"]["action"] == "review"]
    assert [entry["policy"] for entry in reviews] == ["second", BOT]
    assert len({entry["change"] for entry in reviews}) == 1


def test_a_dry_run_changes_nothing(recorded):
    head = recorded.git("rev-parse", "HEAD")

    ran = review(recorded, "--dry-run")

    assert ran.out.startswith(f"would record {BOT}: review\n")
    assert recorded.git("rev-parse", "HEAD") == head
    assert recorded.git("status", "--porcelain") == ""


def test_a_pending_review_is_withdrawn_and_a_settled_one_stays(limited):
    assert review(limited).code == 0
    done(limited, "withdraw", BOT, by="erin")
    assert last_entry(limited)["entry"]["action"] == "promote"
    assert review(limited).code == 0
    done(limited, "approve", BOT, "--yes", by="sam")

    ran = limited.run("withdraw", BOT, by="erin")

    assert (ran.code, ran.err) == (
        1,
        f"policyctl: entry 3 of '{BOT}' is settled and cannot be taken back\n"
        f"  = look again, and record what came of it: policyctl record {BOT}\n",
    )


def test_a_void_reaches_past_a_review_to_the_last_change(limited):
    assert review(limited).code == 0
    done(limited, "approve", BOT, "--yes", by="sam")

    ran = done(limited, "void", BOT, "--rationale", "too early", by="erin")

    assert ran.out.startswith(f"recorded {BOT}: void limited -> logging\n")
    done(limited, "approve", BOT, "--yes", by="sam")
    assert findings(limited, "verify") == (0, set())


def test_on_an_emergency_that_lacks_approvals_nothing_is_reviewed(limited):
    second = ("--add-member", "security=ada", "--rationale", "two of them")
    done(limited, "root", "propose", *second, by="erin")
    words = ("--to", "logging", "--rationale", "it blocks orders", "--emergency")
    done(limited, "demote", BOT, *words, by="sam")

    ran = review(limited)

    assert (ran.code, ran.err) == (
        1,
        f"policyctl: entry 3 of '{BOT}' (limited -> logging) still waits for 1 x security\n"
        f"  = policyctl approve {BOT}\n",
    )


def test_a_reviews_rationale_can_be_redacted_and_the_review_still_counts(recorded):
    assert review(recorded, "--now", "2026-11-23").code == 0
    asked = ("redact", BOT, "2", "--rationale", "it named a customer")
    done(recorded, *asked, by="erin")
    done(recorded, "approve", BOT, "--yes", by="sam")

    assert findings(recorded, "verify") == (0, set())
    assert "why       redacted" in done(recorded, "log", BOT).out
    assert not overdue(recorded, "2027-05-01")


def test_the_changelog_tells_reviews(recorded):
    assert review(recorded).code == 0

    page = done(recorded, "changelog").out

    assert "review" in page
    assert WHY in page
