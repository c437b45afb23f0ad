"""An emergency demotion that nobody could approve is told when the trust root is made."""

from __future__ import annotations

import json

import pytest

REFUSED = (
    "an emergency demotion by 'sam', who may step back at once as security, would be refused:"
    " nobody else could approve it"
)
WARNING = f"  warning   {REFUSED}\n"
THEN = (
    "  then      add somebody: policyctl root propose --add-member security=WHO --rationale ...\n"
)


@pytest.fixture
def founded(empty):
    def run(*more, people=("sam", "ada")):
        persons = [("--person", f"{who}={empty.keys / who}.pub") for who in people]
        given = [word for person in persons for word in person]
        return empty.run("init", "--as", "erin", *given, *more, by="erin")

    return run


def test_init_warns_of_one_person_alone_in_the_role_and_says_what_to_do(founded):
    done = founded("--role", "security=sam")

    assert (done.code, done.err) == (0, "")
    assert WARNING in done.out
    assert THEN in done.out


def test_json_warns_too(founded):
    done = founded("--role", "security=sam", "--format", "json")

    assert json.loads(done.out)["result"]["warnings"] == [REFUSED]


@pytest.mark.parametrize("roles", [["security=sam,ada"], ["security=sam,ada", "risk=erin"]])
def test_two_people_in_the_role_are_enough(founded, roles):
    done = founded(*(word for role in roles for word in ("--role", role)))

    assert done.code == 0
    assert "warning" not in done.out
    assert "add somebody" not in done.out


def test_another_role_does_not_help(founded):
    done = founded("--role", "security=sam", "--role", "risk=sam,ada")

    assert WARNING in done.out


def test_alone_in_solo_mode_nobody_else_has_to_approve(founded):
    done = founded(people=())

    assert done.code == 0
    assert "would be refused" not in done.out


def test_what_the_warning_says_comes_true_and_what_it_advises_helps(recorded, events):
    asked = ("--to", "limited", "--rationale", "measured", "--events", events)
    assert recorded.run("promote", "team-assistant", *asked, by="erin").code == 0
    assert recorded.run("approve", "team-assistant", "--yes", by="sam").code == 0
    back = ("demote", "team-assistant", "--to", "logging", "--rationale", "too loud", "--emergency")
    refused = recorded.run(*back, by="sam")
    added = ("root", "propose", "--add-member", "security=ada", "--rationale", "on call")
    assert recorded.run(*added, by="erin").code == 0

    done = recorded.run(*back, by="sam")

    assert (refused.code, "nobody could ever approve this" in refused.err) == (1, True)
    assert done.code == 0, done.err


def test_a_proposal_that_leaves_somebody_alone_warns_and_one_that_changes_nothing_does_not(world):
    def propose(*wishes):
        done = world.run("root", "propose", *wishes, "--rationale", "because", by="erin")
        assert done.code == 0, done.err
        return done.out

    assert "would be refused" not in propose("--add-team", "shop=ada")
    assert "would be refused" not in propose("--add-member", "security=ada")
    assert WARNING in propose("--remove-member", "security=ada")
