"""What happens to a change after it was made: withdrawn, annulled, redacted, approved together."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import jsonschema
import pytest

from policyctl.adapters.resources import shipped
from policyctl.decide import load

BOT = "team-assistant"
POLICY = f"policies/{BOT}.yaml"
ENTRY = ".policyctl/log/team-assistant/{:06}.json"
TEXT = (Path(__file__).parents[1] / "data/team-assistant.yaml").read_text(encoding="utf-8")


def done(world, *arguments, by=""):
    """Run a command that must succeed."""
    ran = world.run(*arguments, by=by)
    assert ran.code == 0, ran.err + ran.out
    return ran


def record(world, policy=BOT, why="because", by="erin"):
    return done(world, "record", policy, "--rationale", why, by=by)


def verified(world, *more):
    """The exit code of ``verify`` and the codes of what it finds."""
    ran = world.run("verify", "--format", "json", *more)
    return ran.code, {item["code"] for item in json.loads(ran.out)["findings"]}


@pytest.fixture(scope="session")
def made(tmp_path_factory) -> Path:
    """A folder for repositories that several tests start from."""
    return tmp_path_factory.mktemp("made")


@pytest.fixture
def start(empty, made):
    """Make a repository by some steps once, and a copy of it for each test."""

    def begin(name, steps):
        if not (made / name).exists():
            steps(empty)
            shutil.copytree(empty.folder, made / name)
        else:
            shutil.copytree(made / name, empty.folder, dirs_exist_ok=True)
        return empty

    return begin


def found(world):
    """Sam and Ada are security, Erin is the steward; the policy only logs."""
    keys = world.keys
    persons = [word for who in ("sam", "ada") for word in ("--person", f"{who}={keys}/{who}.pub")]
    roles = ("--role", "security=sam,ada", "--team", "assistants=erin")
    done(world, "init", "--as", "erin", *roles, *persons, by="erin")
    world.write(POLICY, TEXT)
    record(world, why="a new assistant")


def promote(world, events, policy=BOT):
    """Let the policy block, approved by Sam."""
    asked = ("--to", "limited", "--rationale", "measured", "--events", events)
    done(world, "promote", policy, *asked, by="erin")
    done(world, "approve", policy, "--yes", by="sam")


@pytest.fixture
def crew(start):
    return start("crew", found)


@pytest.fixture
def limited(start, events):
    def steps(world):
        found(world)
        promote(world, events)

    return start("limited", steps)


def step_back(world, *more, by="sam"):
    return world.run(
        *("demote", BOT, "--to", "logging", "--rationale", "it blocks orders", "--emergency"),
        *more,
        by=by,
    )


def test_an_emergency_is_in_force_at_once_and_verifies_until_its_deadline(limited):
    ran = step_back(limited, "--now", "2026-12-01T08:00:00Z")

    assert ran.code == 0, ran.err
    assert "in force at once; the approvals are due on 2026-12-04T08:00:00Z" in ran.out
    assert b"stage: logging" in limited.read(POLICY)
    assert verified(limited, "--now", "2026-12-04T08:00:00Z") == (0, {"EMERGENCY_PENDING"})
    assert verified(limited, "--now", "2026-12-04T08:00:01Z") == (4, {"EMERGENCY_OVERDUE"})
    assert verified(limited, "--now", "2026-11-30T07:59:59Z") == (
        4,
        {"EMERGENCY_PENDING", "ENTRY_FROM_FUTURE"},
    )
    text = limited.run("verify", "--now", "2026-12-02").out
    assert "owes 1 x security until 2026-12-04T08:00:00Z" in text
    assert "verified · 1 policy" in text
    assert "in force since then, in an emergency" in limited.run("log").out


def test_an_emergency_is_approved_like_a_demotion_by_somebody_else(limited):
    assert step_back(limited).code == 0
    refused = limited.run("approve", BOT, "--yes", by="sam")
    assert (refused.code, refused.err) == (
        1,
        "policyctl: 'sam' wrote entry 3 and cannot approve it\n",
    )

    shown = done(limited, "approve", BOT, "--yes", by="ada").out

    assert "an emergency, in force already; due on" in shown
    assert verified(limited) == (0, set())


def test_only_the_role_that_governance_names_steps_back_at_once(limited):
    before = limited.state()

    ran = step_back(limited, by="erin")

    assert (ran.code, ran.err) == (
        1,
        "policyctl: 'erin' does not fill the role 'security', which may step back at once\n"
        "  = one of: sam, ada; or demote without --emergency\n",
    )
    assert limited.state() == before


def test_an_emergency_that_nobody_could_approve_is_refused(recorded, events):
    promote(recorded, events)

    ran = step_back(recorded)

    assert ran.code == 1
    assert "nobody could ever approve this: without 'sam' and the owners of" in ran.err


def test_on_an_unapproved_emergency_an_edit_may_stand_and_a_promotion_may_not(limited, events):
    assert step_back(limited).code == 0
    limited.write(POLICY, limited.read(POLICY) + b"# more\n")
    record(limited)

    asked = ("--to", "limited", "--rationale", "again", "--events", events)
    promotion = limited.run("promote", BOT, *asked, by="erin")
    annulment = limited.run("void", BOT, "--rationale", "x", by="erin")

    for ran in (promotion, annulment):
        assert (ran.code, ran.err) == (
            1,
            "policyctl: entry 3 of 'team-assistant' (limited -> logging) still waits for "
            "1 x security\n  = policyctl approve team-assistant\n",
        )
    done(limited, "approve", BOT, "--yes", by="ada")
    assert verified(limited) == (0, set())


def test_an_emergency_cannot_be_taken_back(limited):
    assert step_back(limited).code == 0

    ran = limited.run("withdraw", BOT, by="sam")

    assert (ran.code, ran.err) == (
        1,
        "policyctl: entry 3 of 'team-assistant' took effect at once and cannot be taken back\n"
        "  = policyctl approve team-assistant\n",
    )


def test_a_withdrawn_edit_stays_in_the_working_tree(limited):
    tree = limited.git("rev-parse", "HEAD^{tree}")
    edited = limited.read(POLICY) + b"# a better comment\n"
    limited.write(POLICY, edited)
    record(limited)
    assert verified(limited) == (4, {"APPROVALS_MISSING"})

    ran = done(limited, "withdraw", BOT, by="erin")

    assert ran.out.startswith("withdrawn team-assistant: edit   entry 3\n")
    assert f"{POLICY}: your text, not committed" in ran.out
    assert limited.read(POLICY) == edited
    assert limited.git("status", "--porcelain") == f" M {POLICY}\n"
    assert limited.git("rev-parse", "HEAD^{tree}") == tree
    assert verified(limited) == (0, set())
    record(limited)


def test_a_withdrawn_promotion_goes_back_with_its_evidence(crew, events):
    tree = crew.git("rev-parse", "HEAD^{tree}")
    asked = ("--to", "limited", "--rationale", "measured", "--events", events)
    done(crew, "promote", BOT, *asked, by="erin")
    hint = crew.run("demote", BOT, "--to", "logging", "--rationale", "x", by="erin").err
    assert "policyctl withdraw team-assistant" in hint

    ran = done(crew, "withdraw", BOT, "--format", "json", by="erin")

    assert crew.state() == (crew.git("rev-parse", "HEAD"), "")
    assert crew.git("rev-parse", "HEAD^{tree}") == tree
    report = json.loads(ran.out)
    assert report["result"]["files"] == [
        ".policyctl/evidence/team-assistant/000002.json",
        ENTRY.format(2),
        ENTRY.format(2) + ".erin.sig",
        POLICY,
    ]
    jsonschema.validate(
        report, json.loads(shipped("schemas").joinpath("report.v1.json").read_text())
    )


def test_what_is_settled_is_not_taken_back(crew):
    ran = crew.run("withdraw", BOT, by="erin")

    assert (ran.code, ran.err) == (
        1,
        "policyctl: entry 1 of 'team-assistant' is settled and cannot be taken back\n"
        "  = annul it on record: policyctl void team-assistant --rationale '…'\n",
    )


def test_what_is_upstream_is_taken_back_only_on_request(limited, tmp_path):
    bare = tmp_path / "upstream.git"
    limited.git("init", "-q", "--bare", str(bare))
    limited.git("remote", "add", "origin", str(bare))
    limited.git("push", "-q", "-u", "origin", "HEAD:refs/heads/main")
    limited.write(POLICY, limited.read(POLICY) + b"# more\n")
    record(limited)
    limited.git("push", "-q", "origin", "HEAD:refs/heads/main")
    before = limited.state()

    ran = limited.run("withdraw", BOT, by="erin")

    assert ran.code == 1
    assert "entry 3 of 'team-assistant' is in the upstream branch" in ran.err
    assert limited.state() == before
    done(limited, "withdraw", BOT, "--pushed", by="erin")
    record(limited, why="in other words")
    done(limited, "withdraw", BOT, by="erin")


def test_a_void_restores_the_bytes_from_before(limited):
    before = limited.read(POLICY)
    limited.write(POLICY, before + b"# wrong\n")
    record(limited)
    done(limited, "approve", BOT, "--yes", by="sam")

    ran = done(limited, "void", BOT, "--rationale", "it was wrong", by="erin")

    assert "recorded team-assistant: void" in ran.out
    assert "needs     1 x security: sam, ada" in ran.out
    assert limited.read(POLICY) == before
    assert verified(limited) == (4, {"APPROVALS_MISSING"})
    done(limited, "approve", BOT, "--yes", by="ada")
    assert verified(limited) == (0, set())
    again = limited.run("void", BOT, "--rationale", "x", by="erin")
    assert (again.code, again.err) == (
        1,
        "policyctl: the last change of 'team-assistant' is a void, which cannot be annulled\n"
        "  = make the change again, and record it\n",
    )


def test_a_void_takes_a_promotion_back_and_a_registration_away(limited):
    done(limited, "void", BOT, "--rationale", "too early", by="erin")
    done(limited, "approve", BOT, "--yes", by="sam")
    assert limited.read(POLICY) == TEXT.encode()
    assert verified(limited) == (0, set())

    limited.write("policies/other.yaml", TEXT.replace(f"id: {BOT}", "id: other"))
    record(limited, "other")
    done(limited, "void", "other", "--rationale", "not ours", by="erin")
    done(limited, "approve", "other", "--yes", by="sam")

    assert not (limited.folder / "policies/other.yaml").exists()
    assert verified(limited) == (0, set())
    limited.write("policies/other.yaml", TEXT.replace(f"id: {BOT}", "id: other"))
    record(limited, "other")
    assert verified(limited) == (0, set())


def test_a_way_back_is_not_annulled(limited):
    done(limited, "demote", BOT, "--to", "logging", "--rationale", "x", by="erin")
    done(limited, "approve", BOT, "--yes", by="sam")

    ran = limited.run("void", BOT, "--rationale", "x", by="erin")

    assert ran.code == 1
    assert "a demote, which cannot be annulled" in ran.err


def test_a_steward_takes_a_rationale_out_and_everything_still_verifies(limited):
    ran = done(limited, "redact", BOT, "2", "--rationale", "a name was in the reason", by="erin")

    assert ran.out.startswith("redacted team-assistant: entry 2 as erin")
    assert "git's history and commit messages still hold the text" in ran.out
    assert b"measured" not in limited.read(ENTRY.format(2))
    assert verified(limited) == (4, {"APPROVALS_MISSING"})
    shown = done(limited, "approve", BOT, "--yes", by="sam").out
    assert "redacts   log/team-assistant/000002.json, which is a tombstone since" in shown
    assert verified(limited) == (0, set())
    assert "3 entries, 5 signatures, 1 redacted" in limited.run("verify").out
    log = limited.run("log").out
    assert "why       redacted" in log
    assert "measured" not in log
    entries = json.loads(limited.run("log", "--format", "json").out)["result"]["entries"]
    assert [entry["redacted"] for entry in entries] == [False, True, False]
    assert entries[2]["entry"]["prev"] == entries[1]["sha256"]


def test_a_pending_redaction_can_be_taken_back(limited):
    tree = limited.git("rev-parse", "HEAD^{tree}")
    done(limited, "redact", BOT, "2", "--rationale", "a name", by="erin")

    done(limited, "withdraw", BOT, by="erin")

    assert limited.git("rev-parse", "HEAD^{tree}") == tree
    assert limited.git("status", "--porcelain") == ""


@pytest.mark.parametrize(
    ("arguments", "by", "code", "message"),
    [
        (("2", "--rationale", "x"), "sam", 1, "'sam' is no steward of trust root 1"),
        (("9", "--rationale", "x"), "erin", 2, "'team-assistant' has no entry 9"),
        (("0", "--rationale", "x"), "erin", 2, "'team-assistant' has no entry 0"),
        (("2",), "erin", 2, "the rationale is empty"),
    ],
)
def test_what_cannot_be_redacted_is_said_and_nothing_is_changed(
    limited, arguments, by, code, message
):
    before = limited.state()

    ran = limited.run("redact", BOT, *arguments, by=by)

    assert (ran.code, ran.err.splitlines()[0]) == (code, f"policyctl: {message}")
    assert limited.state() == before


def test_a_redaction_is_neither_repeated_nor_redacted(limited):
    done(limited, "redact", BOT, "2", "--rationale", "a name", by="erin")
    done(limited, "approve", BOT, "--yes", by="sam")

    for arguments, message in (
        (("2", "--rationale", "again"), "entry 2 of 'team-assistant' is redacted already"),
        (("2",), "'erin' signed the tombstone of entry 2 already"),
        (("3", "--rationale", "again"), "entry 3 of 'team-assistant' is a redaction itself"),
    ):
        ran = limited.run("redact", BOT, *arguments, by="erin")
        assert (ran.code, ran.err.splitlines()[0]) == (1, f"policyctl: {message}")


@pytest.fixture
def two(crew):
    """Two policies, each with an edit that is not recorded yet."""
    crew.write("policies/other.yaml", TEXT.replace(f"id: {BOT}", "id: other"))
    record(crew, "other")
    for path in (POLICY, "policies/other.yaml"):
        crew.write(path, crew.read(path) + b"# more\n")
    return crew


def test_several_policies_are_recorded_in_one_commit_of_one_change(two):
    before = two.git("rev-list", "--count", "HEAD")

    ran = done(two, "record", BOT, "other", "--rationale", "x", "--format", "json", by="erin")

    changes = json.loads(ran.out)["result"]["changes"]
    assert int(two.git("rev-list", "--count", "HEAD")) == int(before) + 1
    assert [change["entry"]["policy"] for change in changes] == [BOT, "other"]
    assert len({change["entry"]["change"] for change in changes}) == 1
    assert (
        two.git("log", "-1", "--format=%s") == "policy: edit 2 policies (team-assistant, other)\n"
    )
    assert two.git("log", "-1", "--format=%(trailers:key=Policy-Id,valueonly)").split() == [
        BOT,
        "other",
    ]
    assert verified(two) == (0, set())


def test_one_policy_that_cannot_be_recorded_stops_all_of_them(two):
    two.write("policies/other.yaml", "id: [\n")
    before = two.state()

    ran = two.run("record", BOT, "other", "--rationale", "x", by="erin")

    assert ran.code == 2
    assert two.state() == before


@pytest.fixture
def both_limited(limited, events):
    """Two policies that block."""
    limited.write("policies/other.yaml", TEXT.replace(f"id: {BOT}", "id: other"))
    record(limited, "other")
    promote(limited, events, "other")
    return limited


def test_several_policies_go_back_and_are_approved_together(both_limited):
    demote = ("demote", BOT, "other", "--to", "logging", "--rationale", "x")
    ran = done(both_limited, *demote, by="erin")
    change = json.loads(both_limited.read(ENTRY.format(3)))["change"]
    assert f"all at once policyctl approve --change {change}" in ran.out
    nothing = both_limited.run("approve", "--change", "c0", "--yes", by="sam")
    assert (nothing.code, nothing.err) == (
        2,
        f"policyctl: nothing of change 'c0' waits\n  = waiting: {change}\n",
    )
    before = both_limited.git("rev-list", "--count", "HEAD")

    given = done(both_limited, "approve", "--change", change, "--yes", by="sam").out

    assert given.count("you sign") == 2
    assert "approved entry 3 of team-assistant as sam (security)" in given
    assert "approved entry 3 of other as sam (security)" in given
    assert int(both_limited.git("rev-list", "--count", "HEAD")) == int(before) + 1
    assert verified(both_limited) == (0, set())


def test_a_printed_approval_is_added_by_somebody_without_a_key(limited, tmp_path):
    done(limited, "demote", BOT, "--to", "logging", "--rationale", "x", by="erin")
    before = limited.state()

    printed = done(limited, "approve", BOT, "--yes", "--print", by="sam")

    place = f"{ENTRY.format(3)}.sam.security.sig"
    assert printed.out.startswith(f"{place}\n-----BEGIN SSH SIGNATURE-----\n")
    assert "you sign  as sam, in the role security" in printed.err
    assert limited.state() == before
    file = tmp_path / "approval.txt"
    file.write_text(printed.out)
    added = done(limited, "approve", BOT, "--add", str(file))
    assert added.out.startswith("approved entry 3 of team-assistant as sam (security)")
    assert limited.read(place).decode() == printed.out.partition("\n")[2]
    assert verified(limited) == (0, set())


@pytest.mark.parametrize(
    ("spoil", "code", "message"),
    [
        (lambda text: "", 2, "does not hold what 'policyctl approve --print' writes"),
        (lambda text: text[:-5], 2, "does not hold what 'policyctl approve --print' writes"),
        (lambda text: text + "more", 2, "does not hold what 'policyctl approve --print' writes"),
        (lambda text: text.replace("000003", "000002"), 1, "is there already"),
        (lambda text: text.replace("000003", "000001"), 1, "does not wait for approval"),
        (lambda text: text.replace(".sam.", ".ada."), 1, "was not made with a key of 'ada'"),
        (lambda text: text.replace("sam.security", "sam"), 1, "is not the place of an approval"),
        (lambda text: text.replace(BOT, "other"), 1, "is about 'other'"),
        (lambda text: text.replace("sam.security", "erin.security"), 1, "wrote entry 3"),
        (
            lambda text: text.replace("security.sig", "risk.sig"),
            1,
            "needs 1 x security, not 'risk'",
        ),
    ],
)
def test_what_is_added_has_to_be_valid_and_to_count(limited, tmp_path, spoil, code, message):
    done(limited, "demote", BOT, "--to", "logging", "--rationale", "x", by="erin")
    printed = done(limited, "approve", BOT, "--yes", "--print", by="sam").out
    file = tmp_path / "approval.txt"
    file.write_text(spoil(printed))
    before = limited.state()

    ran = limited.run("approve", BOT, "--add", str(file))

    assert ran.code == code
    assert message in ran.err
    assert limited.state() == before


def test_what_gets_weaker_is_named_before_it_is_signed(limited):
    text = limited.read(POLICY).decode()
    text += (
        "guardrails:\n  - {detector: prompt_attack, direction: input, sensitivity: L1, reason: x}\n"
    )
    text += "exceptions:\n  - {id: EX-1, guardrail: prompt_attack, reason: a test,"
    text += ' when: {app: assistant}, owner: sam, expires: "2027-01-01"}\n'
    limited.write(POLICY, text)
    record(limited)

    shown = limited.run("approve", BOT, by="sam").out

    assert "effect    looser" in shown
    assert "looser   prompt_attack input sensitivity  L2" in shown
    assert "-> prompt_attack where app is assistant, until 2027-01-01" in shown


def test_an_entry_is_not_made_before_the_one_that_it_follows(crew):
    crew.write(POLICY, crew.read(POLICY) + b"# more\n")

    ran = crew.run("record", BOT, "--rationale", "x", "--now", "2020-01-01", by="erin")

    assert ran.code == 1
    assert "more than a day after the present" in ran.err


def stages(world, *more):
    """What an export says of stage and entry, and whether anything in it acts."""
    ran = done(world, "export", BOT, "--target", "azure", *more)
    heading, _, _ = ran.err.partition("\n")
    filters = json.loads(ran.out)["properties"]["contentFilters"]
    return heading.partition("   ")[2], any(item["blocking"] for item in filters)


def test_an_export_waits_for_the_approval_of_a_promotion(crew, events):
    before = stages(crew)
    asked = ("--to", "limited", "--rationale", "measured", "--events", events)
    done(crew, "promote", BOT, *asked, by="erin")
    waiting = crew.run("export", BOT, "--target", "lakera", "--out", "build")

    assert before == ("logging, entry 1", False)
    assert "logging, entry 1" in waiting.err
    assert "entry 2 (logging -> limited) is not approved, and not in it" in waiting.err
    done(crew, "approve", BOT, "--yes", by="sam")
    assert "limited, entry 2" in crew.run("export", BOT, "--target", "lakera", "--out", "build").err


def test_what_a_program_decides_by_is_the_approved_policy_and_loses_nothing(limited):
    ran = done(limited, "export", BOT, "--target", "decide")
    draft = done(limited, "export", BOT, "--target", "decide", "--draft", "--out", "build")

    decider = load(ran.out.encode())
    document = json.loads(ran.out)
    assert (document["entry"], document["stage"], ran.err) == (2, "limited", "")
    assert decider is not None
    assert draft.out == "build/team-assistant.compiled.json\n"
    assert json.loads(limited.read("build/team-assistant.compiled.json"))["entry"] == 0


def test_an_emergency_is_exported_at_once(limited):
    assert step_back(limited).code == 0

    assert stages(limited) == ("logging, entry 3", False)


def test_nothing_is_exported_of_a_retired_policy_or_of_a_ledger_that_does_not_verify(limited):
    limited.write(POLICY, limited.read(POLICY) + b"# by hand\n")
    limited.git("commit", "-qam", "by hand")
    by_hand = limited.run("export", BOT, "--target", "lakera", "--out", "build")
    limited.git("reset", "-q", "--hard", "HEAD~1")
    done(limited, "retire", BOT, "--rationale", "over", by="erin")
    done(limited, "approve", BOT, "--yes", by="sam")
    retired = limited.run("export", BOT, "--target", "lakera", "--out", "build")
    limited.git("rm", "-q", "-r", ".policyctl/root")
    limited.git("commit", "-qm", "clean")
    rootless = limited.run("export", BOT, "--target", "lakera", "--out", "build")

    # What was approved is known, whatever somebody committed beside it.
    assert (by_hand.code, "limited, entry 2" in by_hand.err) == (0, True)
    assert (retired.code, "is retired" in retired.err) == (1, True)
    assert rootless.code == 4
