"""The estate at a glance: what stands where, and what somebody has to do."""

from __future__ import annotations

import json
import os

import pytest
from jsonschema import Draft202012Validator

from policyctl.adapters.resources import shipped_file

DAY = ("--now", "2026-07-10T12:00:00Z")


def done(world, *arguments, by=""):
    """Run a command that must succeed."""
    ran = world.run(*arguments, by=by)
    assert ran.code == 0, ran.err + ran.out
    return ran


def shown(world, *arguments):
    """The result of ``status`` as data, which its schema accepts."""
    ran = done(world, "status", *DAY, *arguments, "--format", "json")
    data = json.loads(ran.out)
    Draft202012Validator(json.loads(shipped_file("schemas", "report.v1.json"))).validate(data)
    return data["result"]


def ids(result):
    return [policy["id"] for policy in result["policies"]]


def kinds(result):
    return [(due["kind"], due["policy"]) for due in result["due"]]


def test_the_board_shows_each_stage_and_what_is_due_the_gravest_first(estate, golden):
    ran = done(estate, "status", *DAY)

    head = estate.git("rev-parse", "HEAD")[:12]
    golden("status/board.txt", ran.out.replace(head, "COMMIT"))
    assert ran.err == ""


def test_every_policy_stands_in_the_stage_that_was_approved_last(estate):
    result = shown(estate)

    assert result["stages"] == {"logging": 2, "limited": 1, "enforce": 0}
    assert (result["retired"], ids(result)) == (1, ["team-assistant", "help-desk", "parked"])
    assert [policy["since"] for policy in result["policies"]] == [
        "2026-06-20T00:00:00Z",
        "2026-06-30T00:00:00Z",
        "2026-02-01T00:00:00Z",
    ]


def test_what_waits_for_approval_is_not_shown_as_if_it_were_in_force(estate):
    (bot,) = [one for one in shown(estate)["policies"] if one["id"] == "team-assistant"]

    assert (bot["entry"], bot["entries"], bot["sensitivity"]) == (2, 3, "L1")
    (turn,) = bot["waits_for"]
    assert (turn["entry"], turn["role"], turn["people"]) == (3, "security", ["sam"])


def test_a_gate_without_records_shows_the_days_that_passed(estate):
    gates = {one["id"]: one["gate"] for one in shown(estate)["policies"]}

    assert gates["help-desk"] == {
        "to": "limited", "of": "days", "met": 10, "asked": 14, "verdict": None,
    }  # fmt: skip
    assert gates["parked"]["met"] == gates["parked"]["asked"] == 14


def test_a_gate_with_records_shows_the_criteria_that_are_met(estate, events):
    result = shown(estate, "--events", events, "--stage", "logging")

    (gate,) = {json.dumps(one["gate"]) for one in result["policies"] if one["id"] == "parked"}
    assert json.loads(gate)["of"] == "criteria"
    assert json.loads(gate)["verdict"] == "met"
    assert json.loads(gate)["met"] == json.loads(gate)["asked"] > 4


def test_what_is_due_says_whose_turn_it_is(estate):
    due = {(one["kind"], one["policy"]): one for one in shown(estate)["due"]}

    assert due["approval", "team-assistant"]["who"] == ["sam"]
    assert due["exception expired", "help-desk"]["who"] == ["sam"]
    assert due["exception expiring", "help-desk"]["who"] == ["assistants"]
    assert due["parked", "parked"]["who"] == ["ada"]
    assert [one["grave"] for one in shown(estate)["due"]] == [True, False, False, False]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (("--stage", "limited"), ["team-assistant"]),
        (("--owner", "ada"), ["parked"]),
        (("--person", "ada"), ["parked"]),
        (("--person", "sam"), ["team-assistant", "help-desk"]),
        (("--sort", "age"), ["team-assistant", "parked", "help-desk"]),
        (("--sort", "owner"), ["team-assistant", "parked", "help-desk"]),
        (("--sort", "due", "--stage", "logging"), ["help-desk", "parked"]),
        (("--use-case", "internal-facing", "--due"), ["team-assistant", "help-desk", "parked"]),
    ],
)
def test_policies_are_picked_and_sorted(estate, asked, expected):
    assert ids(shown(estate, *asked)) == expected


def test_mine_is_what_the_owner_of_the_key_has_to_do(estate):
    ran = estate.run("status", *DAY, "--mine", "--format", "json", by="ada")

    assert ids(json.loads(ran.out)["result"]) == ["parked"]
    stranger = estate.run("status", *DAY, "--mine", by="mallory")
    assert (stranger.code, "belongs to nobody" in stranger.err) == (1, True)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--owner", "asistants"), "did you mean 'assistants'?"),
        (("--person", "sem"), "did you mean 'sam'?"),
        (("--use-case", "xyz"), "here: internal-facing"),
        (("--mine", "--person", "sam"), "--mine and --person ask for two people"),
        (("--watch",), "--watch needs a terminal"),
        (("--watch", "--format", "json"), "--format json is for programs"),
    ],
)
def test_what_nobody_is_gets_one_message(estate, asked, said):
    ran = estate.run("status", *asked)

    assert ran.code == 2
    assert said in ran.err


def test_an_unrecorded_change_and_a_broken_ledger_are_grave(estate):
    world = estate
    world.write("policies/parked.yaml", world.read("policies/parked.yaml") + b"sensitivity: L4\n")
    world.git("commit", "-qam", "quietly")
    quiet = done(world, "status", *DAY, "--person", "ada", "--format", "json")
    entry = world.folder / ".policyctl/log/help-desk/000001.json"
    entry.write_bytes(entry.read_bytes().replace(b"why there is", b"why this is"))
    world.git("commit", "-qam", "nobody will see")

    ran = world.run("status", *DAY, "--person", "ada")

    assert json.loads(quiet.out)["result"]["due"][0]["kind"] == "parked"
    assert ran.code == 4
    assert "this ledger does not verify" in ran.out
    assert "tampered" in ran.out


def test_an_emergency_says_until_when_it_has_to_be_approved(estate):
    world = estate
    oncall = (
        "--add-member",
        "security=ada",
        "--emergency",
        "security=24h",
        "--rationale",
        "Sam is on call",
    )
    done(world, "root", "propose", *oncall, by="erin")
    done(world, "withdraw", "team-assistant", by="erin")
    world.git("checkout", "-q", "--", ".")
    step = ("demote", "team-assistant", "--to", "logging", "--emergency", "--rationale", "incident")
    done(world, *step, "--now", "2026-07-10T08:00:00Z", by="sam")

    soon = shown(world)
    late = json.loads(world.run("status", "--now", "2026-07-12T08:00:00Z", "--format", "json").out)[
        "result"
    ]

    (due,) = [one for one in soon["due"] if one["policy"] == "team-assistant"]
    assert (due["kind"], due["until"]) == ("emergency", "2026-07-11T08:00:00Z")
    assert soon["stages"]["limited"] == 0
    assert ("emergency overdue", "team-assistant") in kinds(late)


def test_drift_counts_where_somebody_known_signed_the_comparison(estate, monkeypatch):
    world = estate
    monkeypatch.chdir(world.folder)
    export = ("export", "help-desk", "--target", "azure", "--out", "build")
    done(world, *export)
    live = world.folder / "build/help-desk.rai-policy.json"
    asked = ("drift", "help-desk", "--target", "azure", "--live", str(live), "--attest", "applied")
    done(world, *asked, "--now", "2026-07-09T08:00:00Z", by="erin")
    fine = shown(world, "--applied", "applied")
    loose = (
        live.read_text().replace('"Medium"', '"Low"').replace('"enabled": true', '"enabled": false')
    )
    live.write_text(loose)
    world.run(*asked, "--now", "2026-07-10T08:00:00Z", by="erin")
    forged = min((world.folder / "applied").iterdir())
    (world.folder / "applied/zz.dsse.json").write_bytes(
        forged.read_bytes().replace(b'"sig": "', b'"sig": "AAAA')
    )
    (world.folder / "applied/zzz.dsse.json").write_bytes(b"{}")

    drifted = shown(world, "--applied", "applied")

    (desk,) = [one for one in fine["policies"] if one["id"] == "help-desk"]
    assert [(one["target"], one["differences"]) for one in desk["engines"]] == [("azure", 0)]
    assert ("drift", "help-desk") not in kinds(fine)
    assert ("drift", "help-desk") in kinds(drifted)
    texts = [due["text"] for due in drifted["due"] if due["kind"] == "noted"]
    assert [text.split(" is ")[0] for text in texts] == [
        "applied/zz.dsse.json",
        "applied/zzz.dsse.json",
    ]


@pytest.mark.parametrize("columns", [200, 100, 60, 40])
def test_no_line_is_wider_than_the_terminal(estate, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("FORCE_COLOR", "1")

    ran = done(estate, "status", *DAY)

    import re

    rows = [re.sub(r"\x1b\[[0-9;]*m", "", row) for row in ran.out.splitlines()]
    assert max(map(len, rows)) <= columns
    assert "team-assistant" in ran.out
    assert os.environ["COLUMNS"] == str(columns)
