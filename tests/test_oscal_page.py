"""The page about OSCAL: its commands run, trestle's too, and its tables are those of the code."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import policyctl
from policyctl.core.control_claims import Worth
from policyctl.render.oscal.assessment_results import STATES
from policyctl.render.oscal.spelling import OSCAL_VERSION, OWN, token

PAGE = Path(policyctl.__file__).parent.parent / "docs/oscal.md"

if not PAGE.exists():
    pytest.skip("no docs beside the package: run this in a checkout", allow_module_level=True)

TEXT = PAGE.read_text(encoding="utf-8")
[COMMANDS] = re.findall(r"^```sh run\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def test_the_commands_of_the_page_write_what_it_says(recorded):
    first, second, third = (line.split()[1:] for line in COMMANDS.splitlines())

    written = [recorded.run(*arguments) for arguments in (first, second)]
    printed = recorded.run(*third[: third.index(">")])

    assert [(one.code, one.err) for one in (*written, printed)] == [(0, "")] * 3
    definition, results = (json.loads(recorded.read(one.out.strip())) for one in written)
    assert definition["component-definition"]["metadata"]["oscal-version"] == OSCAL_VERSION
    objectives = {
        part["id"]
        for item in results["assessment-results"]["local-definitions"]["objectives-and-methods"]
        for part in item["parts"]
    }
    [named] = re.findall(r"such as `(team-assistant\..*?)`", TEXT)
    assert named in objectives
    assert json.loads(printed.out).keys() == results.keys()


def test_the_table_of_worth_is_that_of_the_code():
    rows = re.findall(r"^\| `(\w+)` \| ([a-z ]+) \| (\w+) \|", TEXT, re.MULTILINE)

    assert {worth: state for worth, _, state in rows} == {
        worth.value: state for worth, state in STATES.items()
    }
    assert [worth for worth, said, _ in rows if said == "satisfied"] == [Worth.KEPT.value]


def test_the_page_names_version_namespace_and_spelling_of_the_code():
    assert f"version {OSCAL_VERSION}" in TEXT
    assert f"`{OWN}`" in TEXT
    assert f"`MEASURE 2.10` is written `{token('MEASURE 2.10')}`" in TEXT
