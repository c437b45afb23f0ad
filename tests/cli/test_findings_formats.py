"""``--format``: every format has the same exit code, and only findings have all formats."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest

GOOD = """\
schema: policyctl/policy/v1
id: support
name: Customer support
purpose: Answers questions of customers about orders.
use_case: public-facing
data_sensitivity: internal
owner: support
stage: logging
sensitivity: L3
guardrails:
  - detector: prompt_attack
"""
BAD = GOOD + 'controls:\n  nist-csf-2.0: ["😀", PR.AC-4]\n'
FORMATS = ("text", "json", "github", "sarif", "junit", "markdown")


@pytest.fixture
def policy(tmp_path):
    file = tmp_path / "policies/support.yaml"
    file.parent.mkdir()
    return file


@pytest.mark.parametrize("name", FORMATS)
def test_the_exit_code_is_the_same_in_every_format(name, policy, shell):
    policy.write_text(GOOD, encoding="utf-8")
    good = shell("validate", "--format", name)
    policy.write_text(BAD, encoding="utf-8")
    bad = shell("validate", "--format", name)

    assert (good.code, bad.code) == (0, 1)
    assert (good.err, bad.err) == ("", "")
    assert "unknown-control" in bad.out
    assert "unknown-control" not in good.out


@pytest.mark.parametrize("name", FORMATS)
def test_a_run_that_could_not_be_done_is_an_error_in_every_format(name, shell):
    done = shell("validate", "--format", name)

    assert done.code == 3
    assert "there is no policy file in policies/" in done.err
    assert name == "json" or done.out == ""


def test_an_annotation_names_the_line_of_the_finding(policy, shell):
    policy.write_text(BAD, encoding="utf-8")

    first, second, _ = shell("validate", "--format", "github").out.splitlines()

    place = "file=policies/support.yaml,line=13,endLine=13"
    assert first.startswith(f"::error {place},col=18,endColumn=21,title=unknown-control::")
    assert second.startswith(f"::error {place},col=23,endColumn=30,title=unknown-control::")


def test_a_log_explains_the_rule_and_counts_an_emoji_twice(policy, shell):
    policy.write_text(BAD, encoding="utf-8")

    (run,) = json.loads(shell("validate", "--format", "sarif").out)["runs"]
    (rule,) = run["tool"]["driver"]["rules"]
    regions = [
        item["locations"][0]["physicalLocation"]["region"]["startColumn"] for item in run["results"]
    ]

    assert rule["help"]["markdown"].startswith("# ")
    assert rule["defaultConfiguration"] == {"level": "error"}
    assert regions == [18, 24]


def test_a_test_report_is_well_formed(policy, shell):
    policy.write_text(BAD, encoding="utf-8")

    root = ET.fromstring(shell("validate", "--format", "junit").out)

    assert root.attrib["failures"] == "2"


@pytest.mark.parametrize("name", ["github", "sarif", "junit", "markdown"])
def test_a_command_without_findings_has_no_format_for_them(name, shell):
    done = shell("show", "support", "--format", name)

    assert done.code == 2
    assert f"'{name}' is not one of 'text', 'json'" in " ".join(done.err.split())
