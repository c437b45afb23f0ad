"""The commands on the page about what follows a change are run, in order, by whom it says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

import policyctl

TOP = Path(policyctl.__file__).parent.parent
PAGE = TOP / "docs" / "after-a-change.md"

if not PAGE.exists():
    pytest.skip("no docs beside the package: run this in a checkout", allow_module_level=True)

TEXT = PAGE.read_text(encoding="utf-8")
POLICY = (Path(__file__).parent / "data/team-assistant.yaml").read_text(encoding="utf-8")
NAMES = ("team-assistant", "pii-assistant")


def steps():
    for who, block in re.findall(r"^```console (\w+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL):
        for row in block.splitlines():
            assert row.startswith("$ policyctl "), row
            yield who, shlex.split(row)[2:]


@pytest.fixture
def story(empty, people, events):
    """Two policies that block, the second edit of each still to be recorded."""

    def do(*arguments, by=""):
        ran = empty.run(*arguments, by=by)
        assert ran.code == 0, f"{arguments}: {ran.err}{ran.out}"
        return ran.out

    persons = [word for who in ("sam", "ada") for word in ("--person", f"{who}={people}/{who}.pub")]
    roles = ("--role", "security=sam,ada", "--team", "assistants=erin")
    do("init", "--as", "erin", *roles, *persons, by="erin")
    for name in NAMES:
        empty.write(f"policies/{name}.yaml", POLICY.replace("id: team-assistant", f"id: {name}"))
    do("record", *NAMES, "--rationale", "new", by="erin")
    for name in NAMES:
        asked = ("--to", "limited", "--rationale", "measured", "--events", events)
        do("promote", name, *asked, by="erin")
        do("approve", name, "--yes", by="sam")
        reword(empty, name, "Answers questions of colleagues", "Helps colleagues")
    return empty, do


def reword(world, name, old, new):
    path = f"policies/{name}.yaml"
    assert old.encode() in world.read(path)
    world.write(path, world.read(path).replace(old.encode(), new.encode()))


def test_every_command_of_the_page_does_what_it_says(story):
    world, do = story

    for who, arguments in steps():
        if "a sentence about the laboratory" in arguments:
            reword(world, "team-assistant", "Helps colleagues", "Helps in the laboratory")
        where = arguments[arguments.index(">") + 1] if ">" in arguments else None
        signs = who != "anybody" and arguments[0] not in ("log", "verify")
        out = do(*arguments[: -2 if where else None], by=who if signs else "")
        if where:
            world.write(where, out)

    assert world.run("verify").code == 0
    assert "why       redacted" in world.run("log").out


def test_the_page_shows_every_command_that_it_lists():
    listed = set(re.findall(r"`policyctl (\w+)", TEXT.split("The examples follow")[0]))

    assert listed <= {arguments[0] for _, arguments in steps()}
