"""Every rule has a page and a test, and every example on a page does what the page says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from policyctl.rules import RULES

TOP = Path(__file__).parents[2]
PAGES = TOP / "docs" / "rules"
EXAMPLE = re.compile(r"^```yaml (bad|good)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def page(rule):
    return (PAGES / f"{rule.id}.md").read_text(encoding="utf-8")


def examples(kind):
    return [
        pytest.param(rule, text, id=f"{rule.id}-{number}")
        for rule in RULES
        if (PAGES / f"{rule.id}.md").exists()
        for number, text in enumerate(
            (text for name, text in EXAMPLE.findall(page(rule)) if name == kind), start=1
        )
    ]


def codes(subject):
    return {finding.code for rule in RULES for finding in rule.findings(subject)}


def module(rule):
    return rule.id.replace("-", "_")


def test_the_registry_is_in_alphabetical_order():
    ids = [rule.id for rule in RULES]

    assert ids == sorted(set(ids))


def test_every_module_with_a_rule_is_registered():
    files = (TOP / "policyctl" / "rules").glob("*.py")
    found = {
        file.stem for file in files if re.search(r"^RULE = ", file.read_text("utf-8"), re.MULTILINE)
    }

    assert found == {module(rule) for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_has_a_test(rule):
    assert (TOP / "tests" / "rules" / f"test_{module(rule)}.py").is_file()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_page_is_headed_by_summary_id_and_severity(rule):
    lines = page(rule).splitlines()

    assert lines[0] == f"# {rule.summary}"
    assert lines[2] == f"`{rule.id}` · {rule.severity.name.lower()}"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_page_says_why_what_is_found_and_what_is_accepted(rule):
    sections = re.findall(r"^## (.*)$", page(rule), re.MULTILINE)

    assert sections == ["Why", "Finds", "Accepts"]
    assert {kind for kind, _ in EXAMPLE.findall(page(rule))} == {"bad", "good"}


def test_every_page_is_of_a_rule():
    assert {file.stem for file in PAGES.glob("*.md")} == {rule.id for rule in RULES}


@pytest.mark.parametrize(("rule", "text"), examples("bad"))
def test_a_bad_example_trips_exactly_its_rule(rule, text, subject_of):
    assert codes(subject_of(text)) == {rule.id}


@pytest.mark.parametrize(("rule", "text"), examples("bad"))
def test_a_finding_points_at_a_place_that_the_file_has(rule, text, subject_of):
    subject = subject_of(text)

    for problem in rule.check(subject):
        assert problem.at in (subject.document.keys if problem.key else subject.document.values)


@pytest.mark.parametrize(("rule", "text"), examples("good"))
def test_a_good_example_trips_no_rule(rule, text, subject_of):
    assert codes(subject_of(text)) == set()


@pytest.mark.parametrize(("rule", "text"), [*examples("bad"), *examples("good")])
def test_the_schema_accepts_every_example(rule, text, subject_of):
    schema = json.loads((TOP / "schemas" / "policy.v1.json").read_text(encoding="utf-8"))

    assert list(Draft202012Validator(schema).iter_errors(subject_of(text).data)) == []


def test_the_compact_policy_of_the_tests_trips_no_rule(compact, subject_of):
    assert codes(subject_of(compact)) == set()
