"""The page about the policy file says what the schema, the reader and the bucket say."""

from __future__ import annotations

import ast
import json
import re
from fractions import Fraction
from pathlib import Path

import pytest

import policyctl
from policyctl.adapters.working_governance import WorkingGovernance
from policyctl.adapters.yaml_documents import YamlDocuments
from policyctl.adapters.yaml_files import parse
from policyctl.core.bucket import bucket, cut
from policyctl.usecases.validate import validate

TOP = Path(policyctl.__file__).parent.parent
PAGE = TOP / "docs" / "policy-file.md"

if not PAGE.exists():
    pytest.skip("no docs beside the package: run this in a checkout", allow_module_level=True)

TEXT = PAGE.read_text(encoding="utf-8")
SCHEMA = json.loads((TOP / "schemas" / "policy.v1.json").read_text(encoding="utf-8"))
KINDS = {
    "identity": "identity",
    "detector": "detector",
    "name": "name",
    "text": "text",
    "duration": "time span",
    "percent": "percentage",
}
LINES = {
    "schema": "policyctl/policy/v1",
    "id": "support-assistant",
    "name": "Customer support assistant",
    "purpose": "Answers questions of customers in the web shop.",
    "use_case": "public-facing",
    "extends": "public-facing@1",
    "data_sensitivity": "confidential",
    "owner": "support-platform",
    "stage": "logging",
}


def tables():
    """Each table of the page: its headers, and its rows as lists of cells."""
    for block in re.findall(r"(?:^\|.*\n)+", TEXT, re.MULTILINE):
        header, _, *rows = [
            [cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            for line in block.splitlines()
        ]
        yield header, rows


def rows(*headers):
    return [row for found, table in tables() if found == list(headers) for row in table]


def code(cell):
    return re.findall(r"`([^`]+)`", cell)


def resolved(schema):
    """The schema behind a reference, and the kind of value that the reference names."""
    if "$ref" not in schema:
        return schema, ""
    name = schema["$ref"].rpartition("/")[2]
    inner, _ = resolved(SCHEMA["$defs"][name])
    return {**inner, **schema}, KINDS.get(name, "")


def keys(schema=SCHEMA, above=""):
    """Every key that the schema accepts: its path, whether it is required, its schema, its kind."""
    for name, reference in schema.get("properties", {}).items():
        inner, kind = resolved(reference)
        path = re.sub(r"^gates\.(limited|enforce)", "gates.<stage>", f"{above}{name}")
        yield path, name in schema.get("required", ()), inner, kind
        yield from keys(inner, f"{path}.")
        yield from keys(resolved(inner.get("items", {}))[0], f"{path}[].")


EVERY_KEY = {path: (required, schema, kind) for path, required, schema, kind in keys()}
KEY_ROWS = {code(row[0])[0]: row[1] for row in rows("key", "holds", "meaning")}


def limits(schema):
    """The numbers that bound a value, or the items of a list."""
    item, kind = resolved(schema.get("items", {}))
    bounds = [schema.get(name) for name in ("maxLength", "maxItems", "maximum")]
    return {bound for bound in (*bounds, None if kind else item.get("maxLength")) if bound}


def test_the_tables_list_every_key_of_the_schema_and_no_other():
    assert set(KEY_ROWS) == set(EVERY_KEY)


@pytest.mark.parametrize("path", EVERY_KEY)
def test_a_row_says_whether_the_key_is_required(path):
    required, _, _ = EVERY_KEY[path]

    assert KEY_ROWS[path].startswith("**required**") == required


@pytest.mark.parametrize(
    "path", [path for path, (_, schema, _) in EVERY_KEY.items() if {"enum", "const"} & set(schema)]
)
def test_a_row_lists_exactly_the_values_that_are_accepted(path):
    _, schema, _ = EVERY_KEY[path]

    assert code(KEY_ROWS[path]) == schema.get("enum", [schema.get("const")])


@pytest.mark.parametrize("path", EVERY_KEY)
def test_a_row_names_the_kind_of_value_or_its_limits(path):
    _, schema, kind = EVERY_KEY[path]
    item_kind = resolved(schema.get("items", {}))[1]
    holds = KEY_ROWS[path].replace(",", "")

    assert all(word in holds for word in (kind, item_kind))
    if not kind:
        assert {str(limit) for limit in limits(schema)} <= set(re.findall(r"\d+", holds))


def test_the_kinds_of_values_are_those_of_the_schema():
    shown = {row[0]: row for row in rows("kind", "pattern", "at most", "example")}

    assert set(shown) == set(KINDS.values())
    for name, kind in KINDS.items():
        definition = SCHEMA["$defs"][name]
        _, pattern, most, examples = shown[kind]
        if "pattern" in definition:
            assert code(pattern) == [definition["pattern"]]
            assert all(re.search(definition["pattern"], example) for example in code(examples))
        assert re.findall(r"[\d,]+", most) == [
            f"{definition[key]:,}" for key in ("maxLength",) if key in definition
        ]


def fragments(label=""):
    return re.findall(rf"^```yaml{label}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def findings(text):
    report = validate(
        [("policies/support-assistant.yaml", text.encode())],
        documents=YamlDocuments(),
        governance=WorkingGovernance(None),
    )
    return [finding.message for finding in report.findings]


def test_the_example_at_the_top_is_a_sound_policy():
    [example] = fragments(" policy")

    assert findings(example) == []


@pytest.mark.parametrize("fragment", fragments())
def test_each_example_is_sound_in_a_policy(fragment):
    given = set(re.findall(r"^(\w+):", fragment, re.MULTILINE))
    lines = [f"{key}: {value}\n" for key, value in LINES.items() if key not in given]
    apps = "" if "applies_to" in given else "applies_to: {apps: [shop-chat, shop-mail]}\n"

    assert findings("".join(lines) + apps + fragment) == []


def test_there_is_an_example_of_every_key():
    shown = set(re.findall(r"(\w+):", "".join([*fragments(), *fragments(" policy")])))
    named = {path.rpartition(".")[2] for path in EVERY_KEY} - {"<stage>"}

    assert named <= shown


@pytest.mark.parametrize(
    ("written", "here", "older"),
    [
        (code(written)[0], here, older)
        for written, here, older, _ in rows(
            "written", "read here as", "an older reader takes it for", "write"
        )
    ],
)
def test_a_doubtful_value_is_refused_as_the_page_says(written, here, older):
    _, [finding] = parse(f"value: {written}\n".encode(), file="page.yaml")

    assert finding.code == "ambiguous-scalar"
    assert finding.message == f"'{written}' is {here} here, and {older} for an older YAML reader"


@pytest.mark.parametrize(
    "accepted",
    [
        value
        for row in rows("written", "read here as", "an older reader takes it for", "write")
        for value in code(row[3])
    ],
)
def test_what_the_page_advises_to_write_is_accepted(accepted):
    assert parse(f"value: {accepted}\n".encode(), file="page.yaml")[1] == ()


def reader_codes():
    """What the reader's modules call their findings: every literal that is spelt like a code."""
    found = {"directive"}
    for module in (TOP / "policyctl" / "adapters").glob("yaml_*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= set(re.findall(r"\A[a-z0-9]+(?:-[a-z0-9]+)+\Z", node.value))
    return found - {"utf-8"}


def test_the_table_of_findings_is_what_the_reader_can_find():
    assert {code(row[0])[0] for row in rows("finding", "refused, and why")} == reader_codes()


def test_the_published_buckets_are_those_that_are_computed():
    [salt] = re.findall(r"salt\s+`([^`]+)`:", TEXT)
    published = {json.loads(code(key)[0]): code(value)[0] for key, value in rows("key", "bucket")}

    assert published
    assert published == {key: bucket(salt, key) for key in published}


def test_the_published_cuts_are_those_that_are_computed():
    published = {share: json.loads(code(value)[0]) for share, value in rows("share", "cut")}

    assert published
    assert published == {share: cut(Fraction(share.rstrip("%")) / 100) for share in published}
