"""Every rule has a page and a test, and every example on a page does what the page says.

An example is a fence that is marked with its kind:

- ``yaml bad`` and ``yaml good``: one policy. `conftest.py` says which comments it may open with.
- ``yaml bad estate`` and ``yaml good estate``: one policy of several; the fences that follow each
  other without a word between them are one example.
- ``text bad range`` and ``text good range``: commits; a line is a commit's subject, the indented
  lines below it are the files it changes.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from policyctl.rules.registry import RULES
from policyctl.rules.rule import Rule
from policyctl.rules.wider import EstateRule, RangeRule

TOP = Path(__file__).parents[2]
PAGES = TOP / "docs" / "rules"
FENCE = r"^```(?:yaml|text) {kind}{shape}\n(.*?)^```$"
ESTATE = r"(?:^```yaml {kind} estate\n.*?^```\n\s*)+"
MARK = re.compile(r"^```(?:yaml|text) (bad|good)", re.MULTILINE)
EXPLAINED = ["Why", "Finds", "Accepts"]


def page(rule):
    return (PAGES / f"{rule.id}.md").read_text(encoding="utf-8")


def fences(text, kind, shape):
    pattern = FENCE.format(kind=kind, shape=shape)
    return re.findall(pattern, text, re.MULTILINE | re.DOTALL)


def policies_on(text, kind):
    """The policies of each example: one, or several of an estate."""
    estates = re.findall(ESTATE.format(kind=kind), text, re.MULTILINE | re.DOTALL)
    return [(policy,) for policy in fences(text, kind, "")] + [
        tuple(fences(estate, kind, " estate")) for estate in estates
    ]


def ranges_on(text, kind):
    return fences(text, kind, " range")


def examples(kind, read):
    return [
        pytest.param(rule, example, id=f"{rule.id}-{number}")
        for rule in RULES
        if (PAGES / f"{rule.id}.md").exists()
        for number, example in enumerate(read(page(rule), kind), start=1)
    ]


def found_in(estate):
    for rule in RULES:
        if isinstance(rule, EstateRule):
            yield from ((rule, subject, problem) for subject, problem in rule.check(estate))
        elif isinstance(rule, Rule):
            for subject in estate.subjects:
                yield from ((rule, subject, problem) for problem in rule.check(subject))


def codes(estate):
    return {rule.id for rule, _, _ in found_in(estate)}


def codes_of_range(changes, settings):
    rules = [rule for rule in RULES if isinstance(rule, RangeRule)]
    return {finding.code for rule in rules for finding in rule.findings(changes, settings)}


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
    validates = isinstance(rule, Rule) and rule.validates

    assert sections == [*EXPLAINED, "Reference"] or (validates and sections == EXPLAINED)
    assert set(MARK.findall(page(rule))) == {"bad", "good"}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_page_names_the_documents_that_its_rule_rests_on(rule):
    reference = page(rule).partition("\n## Reference\n")[2]

    assert [document for document in rule.references if document not in reference] == []


def test_every_page_is_of_a_rule():
    others = {"exemptions", "reading"}

    assert {file.stem for file in PAGES.glob("*.md")} - others == {rule.id for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_marked_fence_is_an_example(rule):
    text = page(rule)
    read = [
        fence
        for kind in ("bad", "good")
        for fence in [*sum(policies_on(text, kind), ()), *ranges_on(text, kind)]
    ]

    assert len(read) == len(MARK.findall(text))


@pytest.mark.parametrize(("rule", "texts"), examples("bad", policies_on))
def test_a_bad_example_trips_exactly_its_rule(rule, texts, estate_of):
    assert codes(estate_of(*texts)) == {rule.id}


@pytest.mark.parametrize(("rule", "texts"), examples("bad", policies_on))
def test_a_finding_points_at_a_place_that_the_file_has(rule, texts, estate_of):
    for _, subject, problem in found_in(estate_of(*texts)):
        assert problem.at in (subject.document.keys if problem.key else subject.document.values)


@pytest.mark.parametrize(("rule", "texts"), examples("good", policies_on))
def test_a_good_example_trips_no_rule(rule, texts, estate_of):
    assert codes(estate_of(*texts)) == set()


@pytest.mark.parametrize(
    ("rule", "texts"), [*examples("bad", policies_on), *examples("good", policies_on)]
)
def test_the_schema_accepts_every_example(rule, texts, estate_of):
    schema = json.loads((TOP / "schemas" / "policy.v1.json").read_text(encoding="utf-8"))

    for subject in estate_of(*texts).subjects:
        assert list(Draft202012Validator(schema).iter_errors(subject.data)) == []


@pytest.mark.parametrize("kind", ["bad", "good"])
def test_a_range_on_a_page_trips_exactly_its_rule_or_none(kind, changes_of, settings_of):
    for rule in RULES:
        for text in ranges_on(page(rule), kind):
            found = codes_of_range(changes_of(text), settings_of(text))
            assert found == ({rule.id} if kind == "bad" else set()), text


def test_the_compact_policy_of_the_tests_trips_no_rule(compact, estate_of):
    assert codes(estate_of(compact)) == set()
