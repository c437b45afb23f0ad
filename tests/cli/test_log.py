"""``log`` says in its exit code, its text and its JSON the same about the ledger."""

from __future__ import annotations

import json

import pytest

BOT = "team-assistant"
POLICY = f"policies/{BOT}.yaml"
ENTRY = f".policyctl/log/{BOT}/%06d.json"
BROKEN = "this ledger does not verify: 1 finding (policyctl verify)\n"


def told(world, *arguments):
    """Exit code and text of ``log``, after a look at whether its JSON agrees."""
    text = world.run("log", *arguments)
    data = world.run("log", *arguments, "--format", "json")
    report = json.loads(data.out)
    assert (text.err, data.err) == ("", "")
    assert (data.code, report["status"]) == (text.code, {0: "pass", 4: "fail"}[text.code])
    assert ("this ledger does not verify" in text.out) == (text.code == 4)
    return text.code, text.out


def commit(world):
    world.git("add", "-A")
    world.git("commit", "-q", "-m", "by hand")


@pytest.fixture
def promoted(recorded, events):
    """A promotion that security has to approve."""
    wish = ("--to", "limited", "--rationale", "measured", "--events", events)
    done = recorded.run("promote", BOT, *wish, by="erin")
    assert done.code == 0, done.out + done.err
    return recorded


def test_a_ledger_that_verifies_is_told_with_0(recorded):
    assert told(recorded)[0] == 0
    assert told(recorded, BOT)[0] == 0


def test_nothing_on_record_is_nothing_wrong(world):
    assert told(world) == (0, "nothing is recorded yet\n")


def test_an_entry_that_was_altered_ends_with_4(recorded):
    recorded.write(ENTRY % 1, recorded.read(ENTRY % 1).replace(b"a new assistant", b"an old one"))
    commit(recorded)

    code, text = told(recorded)

    assert code == recorded.run("verify").code == 4
    assert text.endswith(BROKEN) or " findings (policyctl verify)\n" in text


@pytest.mark.parametrize("policy", [(), (BOT,)])
def test_a_change_that_nobody_recorded_ends_with_4(recorded, policy):
    recorded.write(POLICY, recorded.read(POLICY) + b"# tuned\n")
    commit(recorded)

    code, text = told(recorded, *policy)

    assert (code, text.endswith("\n\n" + BROKEN)) == (4, True)


def test_what_is_wrong_with_another_policy_is_not_told_of_this_one(recorded):
    recorded.write("policies/other.yaml", recorded.read(POLICY).replace(BOT.encode(), b"other"))
    assert recorded.run("record", "other", "--rationale", "another", by="erin").code == 0
    recorded.write("policies/other.yaml", recorded.read("policies/other.yaml") + b"# tuned\n")
    commit(recorded)

    assert [told(recorded, *wish)[0] for wish in ((), ("other",), (BOT,))] == [4, 4, 0]


def test_an_entry_that_waits_for_its_approvals_is_nothing_wrong(promoted):
    code, text = told(promoted)

    assert code == 0
    assert "\n  waits for 1 x security\n" in text


def test_a_trust_root_that_waits_for_stewards_is_told_and_is_nothing_wrong(recorded):
    def propose(*wish):
        return recorded.run("root", "propose", *wish, "--rationale", "because", by="erin").code

    assert propose("--add-steward", "sam", "--threshold", "2") == 0
    assert recorded.run("root", "sign", "--yes", by="sam").code == 0
    assert propose("--add-member", "security=ada") == 0

    code, text = told(recorded)

    assert code == recorded.run("root", "log").code == 0
    assert text.splitlines()[-1].startswith("trust root 3 has 1 of the 2 signatures that ")


def test_a_trust_root_that_an_entry_names_and_that_lost_a_signature_ends_with_4(recorded):
    wish = ("--add-steward", "sam", "--threshold", "2")
    recorded.run("root", "propose", *wish, "--rationale", "because", by="erin")
    assert recorded.run("root", "sign", "--yes", by="sam").code == 0
    wish = ("--reviewed", "--rationale", "looked at")
    assert recorded.run("record", BOT, *wish, by="erin").code == 0
    recorded.git("rm", "-q", ".policyctl/root/0002.json.sam.sig")
    commit(recorded)

    assert told(recorded)[0] == recorded.run("root", "log").code == 4


def test_an_emergency_past_its_deadline_is_told_and_ends_as_status_does(promoted):
    assert promoted.run("approve", BOT, "--yes", by="sam").code == 0
    propose = ("root", "propose", "--add-member", "security=ada", "--rationale", "two of them")
    assert promoted.run(*propose, by="erin").code == 0
    wish = ("demote", BOT, "--to", "logging", "--rationale", "complaints", "--emergency")
    done = promoted.run(*wish, by="sam")
    assert done.code == 0, done.err

    code, text = told(promoted, "--now", "2099-01-01")

    assert code == promoted.run("status", "--now", "2099-01-01").code == 0
    assert "lacks 1 x security, which was due on " in text.splitlines()[-1]
