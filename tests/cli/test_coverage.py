"""``policyctl coverage``: what no policy claims, from the policies in force."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from policyctl.adapters.resources import shipped

OWN = {
    "schema": "policyctl/catalogue/v1",
    "id": "acme-2026",
    "title": "Acme's rules for AI",
    "edition": "2026",
    "published": "2026-01-01",
    "source": {
        "publisher": "Acme",
        "document": "handbook",
        "url": "https://example.org/handbook",
    },
    "licence": "internal",
    "controls": [{"id": "AC-1", "title": "Ask first"}, {"id": "AC-2", "title": "Keep logs"}],
    "superseded": {},
    "spellings": {},
}


def own(world, **changes):
    world.write("catalogues/acme-2026.json", json.dumps(OWN | changes))


def test_what_the_baseline_claims_counts_for_the_policy(recorded):
    done = recorded.run("coverage", "--framework", "owasp-llm-2026")

    assert (done.code, done.err) == (0, "")
    assert "owasp-llm-2026  OWASP Top 10 for LLM Applications 2026: 4 of 10 controls claimed\n" in (
        done.out
    )
    rows = done.out.splitlines()
    first = next(number for number, row in enumerate(rows) if row.startswith("LLM"))
    assert rows[first].split() == ["LLM03", "Excessive", "Agency", "none"]
    assert rows[first + 6].endswith("team-assistant (logging)")


def test_the_json_fits_its_schema_and_tells_the_same(recorded):
    done = recorded.run("coverage", "--format", "json")
    report = json.loads(done.out)
    schema = json.loads(shipped("schemas").joinpath("report.v1.json").read_text("utf-8"))
    coverage = next(
        part["then"]["properties"]["result"]
        for part in schema["allOf"]
        if part["if"]["properties"]["command"] == {"const": "coverage"}
    )

    assert done.code == 0
    assert report["status"] == "pass"
    Draft202012Validator(coverage).validate(report["result"])
    names = [framework["id"] for framework in report["result"]["frameworks"]]
    assert "owasp-llm-2026" in names
    assert "eu-ai-act-2024-1689" in report["result"]["unnamed"]
    for framework in report["result"]["frameworks"]:
        claimed = [bool(control["claims"]) for control in framework["controls"]]
        assert claimed == sorted(claimed)
        assert claimed.count(False) == framework["gaps"]


def test_the_markdown_is_a_table_for_each_framework(recorded):
    text = recorded.run("coverage", "--format", "markdown").out

    assert "| LLM03 | Excessive Agency |  | **none** |\n" in text
    assert "| LLM01 | Prompt Injection |  | team-assistant (logging) |\n" in text


def test_a_policy_that_cannot_be_read_makes_the_answer_incomplete(recorded):
    recorded.write("policies/broken.yaml", "id: [\n")

    done = recorded.run("coverage", "--format", "json")

    assert done.code == 3
    report = json.loads(done.out)
    assert (report["status"], report["result"]["unread"]) == (
        "not_judged",
        ["policies/broken.yaml"],
    )
    assert report["findings"][0]["file"] == "policies/broken.yaml"


@pytest.mark.parametrize(
    ("framework", "message"),
    [
        ("owasp-llm-2025", "framework 'owasp-llm-2025' is superseded by 'owasp-llm-2026'"),
        ("owasp-llm", "framework 'owasp-llm' names no edition"),
        ("owasp-lm-2026", "framework 'owasp-lm-2026' is not known"),
    ],
)
def test_a_framework_that_is_not_there_leads_to_the_right_one(framework, message, recorded):
    done = recorded.run("coverage", "--framework", framework)

    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"policyctl: {message}\n  = ")
    assert "owasp-llm-2026" in done.err


def test_an_organisation_adds_a_catalogue_of_its_own(recorded):
    own(recorded)
    policy = recorded.read("policies/team-assistant.yaml").decode()
    recorded.write("policies/team-assistant.yaml", policy + "controls:\n  acme-2026: [AC-2]\n")

    done = recorded.run("coverage", "--framework", "acme-2026")

    assert recorded.run("validate").code == 0
    assert "acme-2026  Acme's rules for AI: 1 of 2 controls claimed\n" in done.out


def test_an_organisations_catalogue_stands_for_the_shipped_one_with_its_id(recorded):
    narrower = OWN | {"id": "owasp-llm-2026", "controls": [{"id": "LLM01", "title": "Ours"}]}
    recorded.write("catalogues/owasp-llm-2026.json", json.dumps(narrower))
    policy = recorded.read("policies/team-assistant.yaml").decode()
    recorded.write("policies/team-assistant.yaml", policy + "controls: {owasp-llm-2026: [LLM02]}\n")

    done = recorded.run("validate")

    assert done.code == 1
    assert "control 'LLM02' is not an id of 'owasp-llm-2026'" in done.out


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("{", ":1:2: it is not JSON: Expecting property name enclosed in double quotes"),
        ('{"id": 1, "id": 2}', ": the key 'id' stands twice"),
        ("[]", ": the document is a list, where a mapping is needed"),
        ("[" * 100_000, ": it is nested too deeply"),
        (b"\xff", ": it is not UTF-8"),
        (json.dumps(OWN | {"id": "acme-2025"}), ": its id is 'acme-2025', and the name"),
        (json.dumps(OWN | {"edition": "2025"}), ": its id does not end in its edition '2025'"),
        (
            json.dumps(OWN | {"controls": [OWN["controls"][0]] * 2}),
            ": the control 'AC-1' stands twice",
        ),
        (
            json.dumps(OWN | {"superseded": {"AC-0": {"successors": ["AC-9"], "from": "2025"}}}),
            ": 'AC-0' is superseded by 'AC-9', which is no control",
        ),
        (
            json.dumps(OWN | {"superseded": {"AC-1": {"successors": ["AC-2"], "from": "2025"}}}),
            ": 'AC-1' is a control, and superseded",
        ),
    ],
)
def test_a_broken_catalogue_is_one_clear_error(content, problem, recorded):
    recorded.write("catalogues/acme-2026.json", content)

    for command in ("validate", "coverage"):
        done = recorded.run(command)

        assert (done.code, done.out) == (2, "")
        assert done.err.startswith(f"policyctl: catalogues/acme-2026.json{problem}")
        assert len(done.err.splitlines()) <= 2
