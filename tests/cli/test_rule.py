"""`policyctl rule`: all rules, one page, and the start of a new rule."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from policyctl.adapters.schemas import check
from policyctl.adapters.yaml_files import parse
from policyctl.cli import main
from policyctl.rules.registry import RULES

TOP = Path(__file__).parents[2]
PAGES = TOP / "docs" / "rules"
READING = (PAGES / "reading.md").read_text(encoding="utf-8")
ADAPTERS = TOP / "policyctl" / "adapters"
SECTION = re.compile(r"^## `([a-z0-9-]+)`\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
EXAMPLE = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def run(capsys, *arguments):
    code = main(["rule", *arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_all_rules_are_listed_with_severity_commands_and_summary(capsys):
    code, out, err = run(capsys)

    assert (code, err) == (0, "")
    rows = [re.split(r" {2,}", line) for line in out.splitlines()]
    assert rows[0] == ["rule", "severity", "runs in", "finds that"]
    assert [row[0] for row in rows[1 : len(RULES) + 1]] == [rule.id for rule in RULES]
    assert ["duplicate-guardrail", "error", "validate, lint"] in [row[:3] for row in rows]
    assert ["stage-differs-from-ledger", "error", "lint --fix"] in [row[:3] for row in rows]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_has_its_page(rule, capsys):
    code, out, _ = run(capsys, rule.id)

    assert code == 0
    assert out == (PAGES / f"{rule.id}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "code",
    ["baseline-stale", "suppression-expired", "suppression-malformed", "suppression-unused"],
)
def test_findings_about_exemptions_are_explained(code, capsys):
    assert run(capsys, code)[1].startswith(f"# {code}\n\n")


def written_codes():
    """The codes that the YAML reader and the schemas' messages give."""
    text = "".join(
        path.read_text("utf-8")
        for path in (*ADAPTERS.glob("yaml_*.py"), ADAPTERS / "schema_messages.py")
    )
    words = set(re.findall(r'"([a-z]+(?:-[a-z0-9]+)+)"', text))
    return words - {"utf-8"} | {"directive", "schema"}


def test_every_code_of_the_reader_and_the_schemas_is_explained():
    explained = [code for code, _ in SECTION.findall(READING)]

    assert explained == sorted(explained)
    assert set(explained) == written_codes()


@pytest.mark.parametrize(
    ("code", "text"),
    [
        pytest.param(code, text, id=code)
        for code, section in SECTION.findall(READING)
        for text in EXAMPLE.findall(section)
    ],
)
def test_each_example_of_the_page_is_found_as_it_says(code, text):
    document, findings = parse(text.encode(), "example.yaml")
    if document is not None:
        findings += check(document, "policy.v1")

    assert code in {finding.code for finding in findings}


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("duplicate-gardrail", "did you mean 'duplicate-guardrail'?"),
        ("duplicate_key", "did you mean 'duplicate-key'?"),
        ("nothing-like-it-at-all", "policyctl rule lists all rules"),
        ("../../README", "policyctl rule lists all rules"),
        ("reading", "policyctl rule lists all rules"),
    ],
)
def test_an_unknown_code_is_wrong_use(code, hint, capsys):
    assert run(capsys, code) == (2, "", f"policyctl: there is no rule '{code}'\n  = {hint}\n")


@pytest.mark.parametrize("arguments", [(), ("duplicate-key",), ("duplicate-guardrail",)])
def test_the_json_follows_its_schema(arguments, capsys):
    schemas = {
        path.name: json.loads(path.read_text("utf-8")) for path in (TOP / "schemas").glob("*.json")
    }
    registry = Registry().with_resources(
        (name, DRAFT202012.create_resource(schema)) for name, schema in schemas.items()
    )

    code, out, _ = run(capsys, *arguments, "--format", "json")

    assert code == 0
    found = Draft202012Validator(schemas["report.v1.json"], registry=registry).iter_errors(
        json.loads(out)
    )
    assert list(found) == []


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A copy of what a checkout has, to write into."""
    top = tmp_path / "checkout"
    ignored = shutil.ignore_patterns("__pycache__")
    for folder in ("policyctl", "docs/rules", "tests/rules", "schemas", "baselines"):
        shutil.copytree(TOP / folder, top / folder, ignore=ignored)
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(TOP / file, top / file)
    monkeypatch.chdir(top / "policyctl")
    return top


NEW = ("new", "dial-without-reason", "--summary", "the policy's dial has no reason")
WRITTEN = (
    "policyctl/rules/dial_without_reason.py",
    "docs/rules/dial-without-reason.md",
    "tests/rules/test_dial_without_reason.py",
)


def test_a_new_rule_starts_with_module_page_and_test(checkout, capsys):
    code, out, err = run(capsys, *NEW)

    assert (code, err) == (0, "")
    assert [line.split()[1] for line in out.splitlines()[:3]] == list(WRITTEN)
    assert all((checkout / name).is_file() for name in WRITTEN)
    page = (checkout / WRITTEN[1]).read_text()
    assert page.startswith("# the policy's dial has no reason\n\n`dial-without-reason` · warning\n")


def test_its_test_fails_until_it_is_written(checkout, capsys):
    run(capsys, *NEW)
    command = (sys.executable, "-P", "-m", "pytest", "-q", "-p", "no:cacheprovider", WRITTEN[2])

    done = subprocess.run(
        command,
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert done.returncode == 1, done.stdout
    assert "1 failed" in done.stdout
    assert "to be written" in done.stdout


@pytest.mark.parametrize(
    "tool", [("ruff", "check"), ("ruff", "format", "--check"), ("mypy", "--strict")]
)
def test_what_is_written_passes_the_checks(checkout, capsys, tool):
    if subprocess.run((sys.executable, "-m", tool[0], "--version"), check=False).returncode:
        pytest.skip(f"{tool[0]} is not installed: the machine that runs .ci/run has it")
    run(capsys, *NEW)
    files = (WRITTEN[0],) if tool[0] == "mypy" else (WRITTEN[0], WRITTEN[2])

    done = subprocess.run(
        (sys.executable, "-m", *tool, *files),
        cwd=checkout,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_it_is_refused_outside_a_checkout(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    code, out, err = run(capsys, *NEW)

    assert (code, out) == (2, "")
    assert err.startswith(f"policyctl: {tmp_path} is not in a checkout of policyctl's source\n")
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten_and_nothing_half_written(checkout, capsys):
    (checkout / WRITTEN[2]).write_text("# mine\n")

    code, _, err = run(capsys, *NEW)

    assert (code, err) == (
        2,
        f"policyctl: {WRITTEN[2]} exists already\n  = choose another id\n",
    )
    assert (checkout / WRITTEN[2]).read_text() == "# mine\n"
    assert not (checkout / WRITTEN[0]).exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("new",),
        ("new", "a-rule"),
        ("new", "A-Rule", "--summary", "x is y"),
        ("new", "../rule", "--summary", "x is y"),
        ("new", "import", "--summary", "x is y"),
        ("new", "new", "--summary", "x is y"),
        ("new", "duplicate-guardrail", "--summary", "x is y"),
        ("new", "a-rule", "--summary", ""),
        ("new", "a-rule", "--summary", "X is y."),
        ("new", "a-rule", "--summary", 'x is "y"'),
        ("new", "a-rule", "--summary", "x is {y}\n"),
        ("new", "a-rule", "--summary", "x" * 81),
        ("duplicate-key", "a-rule"),
        ("duplicate-key", "--summary", "x is y"),
    ],
)
def test_a_rule_that_cannot_be_is_wrong_use(checkout, capsys, arguments):
    code, out, err = run(capsys, *arguments)

    assert (code, out) == (2, "")
    assert err.startswith("policyctl: ")
