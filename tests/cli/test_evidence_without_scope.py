"""Evidence for ``limited`` of a policy that does not say what it blocks first."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

FILE = "policies/team-assistant.yaml"
SCHEMA = json.loads(
    (Path(__file__).parents[2] / "schemas/evidence.v1.json").read_text(encoding="utf-8")
)
MISSING = (
    "the policy does not say what 'limited' blocks first: write 'limited:' with guardrails, apps,"
    " cohorts or a share, and record it"
)


@pytest.fixture
def unscoped(recorded):
    head, rest = recorded.read(FILE).split(b"limited:\n", 1)
    recorded.write(FILE, head + b"gates:" + rest.split(b"gates:", 1)[1])
    return recorded


def evidence(world, events, form):
    return world.run("evidence", "team-assistant", "--events", events, "--format", form)


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_it_says_that_no_scope_is_named_before_anything_else(unscoped, events, form):
    done = evidence(unscoped, events, form)

    assert done.code == 3
    said = done.out.replace("\\", "")
    assert 0 < said.index(MISSING) < said.index("complete days")


def test_a_report_without_a_scope_is_undecided_and_keeps_to_its_schema(unscoped, events):
    done = evidence(unscoped, events, "json")

    report = json.loads(done.out)["result"]["report"]
    jsonschema.validate(report, SCHEMA)
    assert report["verdict"] == "undecided"
    assert [item["outcome"] for item in report["criteria"] if item["name"] == "scope"] == [
        "undecided"
    ]


def test_with_a_scope_there_is_nothing_to_say(recorded, events):
    assert "'limited' blocks first" not in evidence(recorded, events, "text").out


def test_a_scope_written_as_the_sentence_says_is_one(unscoped, events):
    scope = b"limited: {share: 10%, key: user_id}\n"
    unscoped.write(FILE, unscoped.read(FILE) + scope)

    assert "'limited' blocks first" not in evidence(unscoped, events, "text").out
