"""The trust root on the command line: proposed, signed, withdrawn, told."""

from __future__ import annotations

import json

import pytest

from policyctl.adapters.ssh_signing import make_key, public_key

ROOT_2 = ".policyctl/root/0002.json"


def propose(world, *wishes, by="erin"):
    return world.run("root", "propose", *wishes, "--rationale", "because", by=by)


def signed(world, by):
    return world.run("root", "sign", "--yes", by=by)


def verified(world):
    done = world.run("verify", "--format", "json")
    return {finding["code"] for finding in json.loads(done.out)["findings"]}


@pytest.fixture
def three(world):
    """Erin, Sam and Ada are stewards, and two of them have to sign."""
    stewards = ("--add-steward", "sam", "--add-steward", "ada", "--threshold", "2")
    assert propose(world, *stewards).code == 0
    done = signed(world, "sam")
    assert (done.code, verified(world)) == (0, set()), done.err
    return world


@pytest.fixture
def pending(three):
    """A proposal of Erin's, to which one more signature is owed."""
    assert propose(three, "--add-member", "security=ada").code == 0
    return three


def test_a_lone_steward_changes_the_root_in_one_step(world):
    done = propose(world, "--add-member", "security=ada", "--emergency", "security=24h")

    assert done.code == 0
    assert "'ada' may approve as security: edit in limited or enforce" in done.out
    assert "tighter   role 'security' may step back at once" in done.out
    assert "trust root 2 holds" in done.out
    assert verified(world) == set()
    assert world.git("status", "--porcelain") == ""
    assert "Policy-Rationale: because" in world.git("log", "-1", "--format=%(trailers)")


def test_a_dry_run_writes_nothing(world):
    before = world.state()

    done = propose(world, "--add-member", "security=ada", "--dry-run")

    assert (done.code, world.state()) == (0, before)
    assert "dry run: nothing was written\n  signed    1 of 1" in done.out


def test_a_pending_root_says_who_owes_what(pending):
    done = pending.run("root", "log")

    assert "trust root 3" in done.out
    assert "waits for signatures" in done.out
    assert "1 of 2 signatures by stewards of version 2; 1 owed by: sam, ada" in done.out
    assert verified(pending) == {"ROOT_THRESHOLD"}


def test_the_signature_that_was_owed_makes_it_hold(pending):
    done = signed(pending, "ada")

    assert "'ada' may approve as security" in done.out
    assert done.out.endswith("trust root 3 holds\n")
    assert verified(pending) == set()


def test_signing_twice_does_nothing_the_second_time(pending):
    before = pending.state()
    again = signed(pending, "erin")
    signed(pending, "ada")
    late = signed(pending, "ada")

    assert (again.code, late.code) == (0, 0)
    assert "'erin' signed trust root 3 already" in again.out
    assert before != pending.state()
    assert "signed trust root 3 already\ntrust root 3 holds\n" in late.out


def test_only_stewards_sign_and_propose(pending):
    assert propose(pending, "--threshold", "1", by="mallory").code == 1
    done = signed(pending, "mallory")

    assert done.code == 1
    assert "is no steward's" in done.err


def test_nothing_is_signed_that_nobody_was_asked_about(pending):
    before = pending.state()

    done = pending.run("root", "sign", by="ada")

    assert (done.code, pending.state()) == (2, before)


def test_work_goes_on_under_the_last_root_that_holds(pending):
    made = pending.run("new", "bot", "--use-case", "internal-facing", "--owner", "assistants")
    assert made.code == 0, made.err
    done = pending.run("record", "bot", "--rationale", "because", by="erin")

    assert done.code == 0, done.err
    assert json.loads(pending.read(".policyctl/log/bot/000001.json"))["root"] == 2


def test_checks_of_the_working_tree_use_the_last_root_that_was_agreed_on(three):
    done = propose(three, "--add-team", "shop=ada")
    assert done.code == 0, done.err
    asked = ("new", "bot", "--use-case", "internal-facing", "--owner", "shop")

    refused = three.run(*asked)
    signed(three, "ada")

    assert "whom governance does not know" in refused.err
    assert three.run(*asked).code == 0


def test_a_second_proposal_waits_for_the_first(pending):
    before = pending.state()

    done = propose(pending, "--threshold", "1")

    assert (done.code, pending.state()) == (1, before)
    assert done.err.startswith("policyctl: trust root 3 waits for signatures already\n")


def test_a_proposal_can_be_withdrawn_until_it_holds(pending):
    done = pending.run("root", "withdraw", by="sam")

    assert done.code == 0, done.err
    assert verified(pending) == set()
    assert not (pending.folder / ".policyctl/root/0003.json").exists()
    again = pending.run("root", "withdraw", by="sam")
    assert again.err.startswith("policyctl: no trust root waits for signatures\n")


def test_a_version_that_an_entry_names_is_not_withdrawn(three):
    three.run("new", "bot", "--use-case", "internal-facing", "--owner", "assistants")
    three.run("record", "bot", "--rationale", "because", by="erin")
    three.git("rm", "-q", ".policyctl/root/0002.json.sam.sig")
    three.git("commit", "-q", "-m", "strip")

    done = three.run("root", "withdraw", by="erin")

    assert done.code == 1
    assert "an entry of 'bot' names trust root 2, so it held once" in done.err


def test_nothing_is_built_on_an_entry_under_a_root_that_does_not_hold(three):
    three.run("new", "bot", "--use-case", "internal-facing", "--owner", "assistants")
    three.run("record", "bot", "--rationale", "because", by="erin")
    three.git("rm", "-q", ".policyctl/root/0002.json.sam.sig")
    three.git("commit", "-q", "-m", "strip")
    three.write("policies/bot.yaml", three.read("policies/bot.yaml") + b"# more\n")

    done = three.run("record", "bot", "--rationale", "because", by="erin")

    assert done.code == 4
    assert "names trust root 2, which does not hold" in done.err


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        (("--remove-person", "sam"), "1 approvals by role 'security' with 0 members can never be"),
        (("--threshold", "2"), "2 signatures of 1 stewards can never be"),
        (("--solo",), "a solo root knows one person, and this one knows 3"),
        (("--add-member", "security=adda"), "'adda' is nobody this root knows"),
        (("--add-member", "security=adda"), "  = name people by their ids, each once; who is new,"),
        (("--remove-group", "security"), "1 approvals by role 'security' with 0 members"),
    ],
)
def test_governance_that_cannot_be_is_refused(world, wishes, said):
    before = world.state()

    done = propose(world, *wishes)

    assert (done.code, world.state()) == (1, before)
    assert said in done.err


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        ((), "the proposal changes nothing"),
        (("--remove-person", "adda"), "this root knows no person 'adda'\n  = did you mean 'ada'?"),
        (("--add-member", "securty=ada"), "did you mean 'security'?"),
        (("--add-steward", "erin"), "'erin' is one of the stewards already"),
        (("--add-person", "ada=x.pub"), "there is no key file x.pub"),
        (("--revoke-key", "ada=SHA256:x"), "SHA256:x is no key of 'ada'"),
        (("--adopt", "default@9"), "no baseline 'default@9' is shipped"),
        (("--adopt", "default@1"), "governance adopted default@1 already"),
        (("--emergency", "security"), "--emergency 'security' is not ROLE=TIME"),
        (("--add-person", "Zoe=ssh-ed25519 x"), "'Zoe' cannot be somebody's id"),
    ],
)
def test_a_wish_that_means_nothing_is_wrong_use(world, wishes, said):
    before = world.state()

    done = propose(world, *wishes)

    assert (done.code, world.state()) == (2, before)
    assert said in done.err


def test_a_lone_steward_rotates_a_key_in_two_steps(world, people, tmp_path):
    new = tmp_path / "new"
    make_key(new, comment="new")
    old = public_key(people / "erin").fingerprint
    both = ("--add-key", f"erin={new}.pub", "--revoke-key", f"erin={old}")

    refused = propose(world, *both)
    assert refused.code == 1
    assert "add the new key in one version, and revoke the old one in the next" in refused.err
    assert propose(world, *both[:2]).code == 0
    assert propose(world, *both[2:], by=str(new)).code == 0

    assert verified(world) == set()
    assert propose(world, "--add-member", "security=ada", by="erin").code == 1
    assert propose(world, "--add-member", "security=ada", by=str(new)).code == 0


def test_the_other_stewards_replace_a_lost_key(three, people):
    lost = public_key(people / "erin").fingerprint
    new = public_key(people / "mallory").line

    done = propose(three, "--revoke-key", f"erin={lost}", "--add-key", f"erin={new}", by="sam")
    assert done.code == 0, done.err
    assert "'erin' may no longer sign with" in done.out
    signed(three, "ada")

    assert verified(three) == set()
    assert propose(three, "--threshold", "1", by="erin").code == 1


def test_policies_are_not_left_without_an_owner(recorded):
    lost = propose(recorded, "--remove-group", "assistants")
    forced = propose(recorded, "--remove-group", "assistants", "--force")

    assert lost.code == 1
    assert lost.err.startswith(
        "policyctl: policies would lose their owner: team-assistant (assistants)\n"
    )
    assert forced.code == 0
    assert verified(recorded) == set()


def test_a_pending_entry_that_nobody_could_approve_any_more_is_named(recorded, events):
    asked = ("--to", "limited", "--rationale", "measured", "--events", events)
    assert recorded.run("promote", "team-assistant", *asked, by="erin").code == 0
    swap = ("--add-member", "security=ada", "--remove-person", "sam", "--force")

    done = propose(recorded, *swap)

    assert "entry 2 of 'team-assistant' waits for 1 x security under trust root 1" in done.out
    late = recorded.run("approve", "team-assistant", "--yes", by="ada")
    assert late.code == 1
    assert "fills no role" in late.err


def test_a_root_that_only_owners_could_approve_under_is_warned_about(recorded):
    done = propose(recorded, "--add-member", "assistants=sam", "--dry-run")

    assert "nobody who does not own 'team-assistant' (assistants) could approve: " in done.out


def test_the_file_of_governance_round_trips(world):
    text = world.run("root", "show", "--format", "yaml").out
    world.write("governance.yaml", text)
    same = propose(world, "--from", "governance.yaml")
    world.write("governance.yaml", text.replace("records: 1000", "records: 500"))
    looser = propose(world, "--from", "governance.yaml")

    assert same.err.startswith("policyctl: the proposal changes nothing\n")
    assert (
        "  looser    a promotion to limited asks for records 500 (was 1000)\n  stewards"
        in looser.out
    )
    assert verified(world) == set()
    assert propose(world, "--from", "governance.yaml").err.startswith(
        "policyctl: governance.yaml follows trust root 1, and 2 holds now\n"
    )


def test_governance_as_json_can_be_proposed_too(world):
    data = json.loads(world.run("root", "show", "--format", "json").out)["result"]["governance"]
    data["approvals"] = [{"need": {"security": 1}}]
    world.write("governance.json", json.dumps(data))

    done = propose(world, "--from", "governance.json")

    kinds = "register, edit in logging, exception in logging, review in logging"
    assert f"{kinds} needs 1 x security" in done.out
    assert verified(world) == set()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[sam]", "[sma]", "there is no person 'sma' [unknown-person]\n    = did you mean 'sam'?"),
        ("{security: 1}", "{securty: 1}", "there is no role 'securty' [unknown-role]"),
        ("threshold: 1", "threshhold: 1", "did you mean 'threshold'?"),
        ("default@1", "default@7", "there is no baseline 'default@7' [unknown-baseline]"),
        ("role: security", "role: securty", "there is no role 'securty' [unknown-role]"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_place(world, old, new, said):
    text = world.run("root", "show", "--format", "yaml").out
    assert old in text
    world.write("governance.yaml", text.replace(old, new, 1))

    done = propose(world, "--from", "governance.yaml")

    line = 1 + text[: text.index(old)].count("\n")
    assert done.code == 2
    assert f"governance.yaml:{line}:" in done.err
    assert said in done.err


def test_a_baseline_of_ones_own_is_adopted_and_its_version_never_changes(three):
    text = three.read(".policyctl/baselines/default@1.yaml").replace(
        b"\nversion: 1\n", b"\nversion: 2\n"
    )
    three.write("mine.yaml", text)
    done = propose(three, "--adopt", "default@2=mine.yaml")
    assert done.code == 0, done.err

    assert verified(three) == {"ROOT_THRESHOLD"}
    signed(three, "sam")

    assert verified(three) == set()
    three.write("mine.yaml", text + b"# other\n")
    again = propose(three, "--adopt", "default@2=mine.yaml")
    assert "governance adopted another baseline as default@2" in again.err


def test_a_dropped_baseline_goes_with_the_last_signature(three):
    text = three.run("root", "show", "--format", "yaml").out.replace("content-safety@1, ", "", 1)
    three.write("governance.yaml", text)
    assert propose(three, "--from", "governance.yaml").code == 0
    dropped = three.folder / ".policyctl/baselines/content-safety@1.yaml"

    assert dropped.exists()
    signed(three, "ada")

    assert not dropped.exists()
    assert verified(three) == set()


def test_two_parallel_proposals_conflict_in_git(three):
    three.write("README.md", "x")
    three.git("add", "README.md")
    three.git("commit", "-q", "-m", "x")
    three.git("switch", "-q", "-c", "other")
    propose(three, "--add-member", "security=ada", by="ada")
    three.git("switch", "-q", "-")
    propose(three, "--add-team", "shop=ada", by="erin")

    with pytest.raises(Exception, match="non-zero exit status 1"):
        three.git("merge", "-q", "other")


def test_signatures_from_two_branches_add_up(pending):
    pending.git("switch", "-q", "-c", "other")
    signed(pending, "ada")
    pending.git("switch", "-q", "-")
    signed(pending, "sam")
    pending.git("merge", "-q", "-m", "both", "other")

    assert verified(pending) == set()


def test_a_team_starts_with_two_of_three_stewards(world, people, tmp_path):
    folder = tmp_path / "team"
    who = ("--steward", f"sam={people / 'sam.pub'}", "--steward", f"ada={people / 'ada.pub'}")
    team = ("--role", "security=sam", "--team", "assistants=erin")

    done = world.run("init", str(folder), "--as", "erin", *who, *team, by="erin")
    there = type(world)(folder, people, world.capture)

    assert done.code == 0, done.err
    assert "the trust root does not hold yet: 1 more of sam, ada must sign it" in done.out
    assert verified(there) == {"ROOT_THRESHOLD"}
    early = there.run("record", "x", "--rationale", "because", by="erin")
    assert early.err.startswith(
        "policyctl: trust root 1 still waits for signatures of its stewards\n"
    )
    assert "2 of erin, sam, ada together" in signed(there, "ada").out
    assert verified(there) == set()
