"""Checking against a JSON Schema: each violation is one sentence, at the exact place."""

from __future__ import annotations

import json
import time

import pytest
from jsonschema import Draft202012Validator

from policyctl.adapters.resources import shipped
from policyctl.adapters.schema_keywords import StrictValidator, strict
from policyctl.adapters.schema_messages import findings
from policyctl.adapters.schemas import check
from policyctl.adapters.yaml_files import parse
from policyctl.core.finding import Severity, in_order
from policyctl.errors import InputError


def document(text):
    parsed, found = parse(text.encode(), "a.yaml")
    assert found == ()
    return parsed


def violations(schema, text):
    """Check a text against a schema of this test's own."""
    parsed = document(text)
    errors = StrictValidator(schema).iter_errors(parsed.data)
    return in_order(finding for error in errors for finding in findings(parsed, error))


def only(schema, text):
    (finding,) = violations(schema, text)
    assert finding.severity is Severity.ERROR
    assert finding.file == "a.yaml"
    return finding


def told(finding):
    return finding.code, finding.message, finding.hint


def place(finding):
    return finding.span.line, finding.span.column, finding.span.end_column


def inside(**schema):
    return {"properties": {"a": schema}}


# Keys

OWNED = {
    "additionalProperties": False,
    "required": ["owner"],
    "properties": {"owner": {"description": "Who answers for it."}, "use_case": {}, "limited": {}},
}


def test_an_unknown_key_is_located_at_the_key_and_the_near_one_is_named():
    finding = only(OWNED, "owner: x\nlimtied:\n  a: 1\n")

    assert told(finding) == (
        "unknown-key",
        "unknown key 'limtied'",
        "did you mean 'limited'? one of: owner, use_case, limited",
    )
    assert place(finding) == (2, 1, 8)
    assert finding.at == ("limtied",)


@pytest.mark.parametrize("key", ["useCase", "use-case", "Use Case"])
def test_another_spelling_of_a_known_key_is_recognised(key):
    assert only(OWNED, f"owner: x\n{key}: z").hint.startswith("did you mean 'use_case'?")


def test_an_unknown_key_like_no_other_gets_the_list_of_known_ones():
    assert only(OWNED, "owner: x\nzzz: z").hint == "one of: owner, use_case, limited"


def test_an_unknown_key_further_down_names_its_mapping():
    schema = inside(items={"additionalProperties": False})

    assert only(schema, "a:\n- b: 1").message == "unknown key 'b' in 'a[0]'"


def test_each_unknown_key_is_a_finding_of_its_own():
    found = violations(OWNED, "owner: x\nx: 1\ny2: 2\n")

    assert [finding.at for finding in found] == [("x",), ("y2",)]


def test_a_missing_key_is_located_at_the_mapping_that_lacks_it():
    finding = only(OWNED, "# c\nlimited: 1\n")

    assert told(finding) == (
        "missing-key",
        "the document lacks the key 'owner'",
        "add 'owner': Who answers for it.",
    )
    assert place(finding)[:2] == (2, 1)


def test_each_missing_key_is_a_finding_of_its_own():
    found = violations(inside(required=["b", "c"]), "x: 1\na: {}\n")

    assert [finding.message for finding in found] == [
        "'a' lacks the key 'b'",
        "'a' lacks the key 'c'",
    ]
    assert place(found[0]) == (2, 4, 6)


def test_a_missing_companion_is_located_at_the_key_that_needs_it():
    schema = inside(dependentRequired={"share": ["key"]}, properties={"key": {}})
    finding = only(schema, "a:\n  share: 10%\n")

    assert told(finding) == (
        "missing-companion",
        "'a.share' needs the key 'key' beside it",
        "add 'key'",
    )
    assert place(finding) == (2, 3, 8)


def test_a_key_of_the_wrong_form_is_located_at_the_key():
    schema = inside(propertyNames={"pattern": "^[a-z]+$", "description": "Lower-case letters."})
    finding = only(schema, "a: {Bcd: 1}")

    assert told(finding) == (
        "wrong-format",
        "the key 'Bcd' is not of the right form",
        "expected: lower-case letters",
    )
    assert place(finding) == (1, 5, 8)


def test_a_key_outside_a_closed_set_is_an_unknown_key():
    finding = only(inside(propertyNames={"enum": ["limited", "enforce"]}), "a: {limitd: 1}")

    assert told(finding) == (
        "unknown-key",
        "unknown key 'limitd'",
        "did you mean 'limited'? one of: limited, enforce",
    )


# Values

CHOICE = {"enum": ["logging", "limited", "enforce"]}


@pytest.mark.parametrize(
    ("schema", "text", "code", "message", "hint"),
    [
        (CHOICE, "limted", "wrong-value", "'a' is 'limted', which is not one of its values",
         "did you mean 'limited'? one of: logging, limited, enforce"),
        (CHOICE, "Enforce", "wrong-value", "'a' is 'Enforce', which is not one of its values",
         "did you mean 'enforce'? one of: logging, limited, enforce"),
        (CHOICE, "x", "wrong-value", "'a' is 'x', which is not one of its values",
         "one of: logging, limited, enforce"),
        (CHOICE, "3", "wrong-type", "'a' is 3, where text is needed",
         "one of: logging, limited, enforce"),
        ({"const": "v1", "description": "The format."}, "v2", "wrong-value",
         "'a' is 'v2', and must be 'v1'", "The format."),
        ({"type": "string"}, "3", "wrong-type", "'a' is 3, where text is needed",
         'put it in quotes: "3"'),
        ({"type": "string"}, "true", "wrong-type", "'a' is true, where text is needed",
         'put it in quotes: "true"'),
        ({"type": "string", "pattern": "^[0-9]+$"}, "3", "wrong-type",
         "'a' is 3, where text is needed", 'put it in quotes: "3"'),
        ({"type": "string", "pattern": "^[0-9]+%$", "description": "A percentage, such as 5%."},
         "3", "wrong-type", "'a' is 3, where text is needed",
         "expected: a percentage, such as 5%"),
        ({"type": "string"}, "", "wrong-type", "'a' has no value, where text is needed",
         "fill it in, or remove the key"),
        ({"type": "boolean"}, "'False'", "wrong-type",
         "'a' is 'False', where true or false is needed", "write false without quotes"),
        ({"type": "integer"}, "'3'", "wrong-type", "'a' is '3', where a whole number is needed",
         "write 3 without quotes"),
        ({"type": "integer"}, "3.0", "wrong-type", "'a' is 3.0, where a whole number is needed",
         ""),
        ({"type": "integer"}, "true", "wrong-type", "'a' is true, where a whole number is needed",
         ""),
        ({"type": ["object", "null"], "description": "More."}, "[]", "wrong-type",
         "'a' is a list, where a mapping or null is needed", "More."),
        ({"pattern": "^[0-9]+d$", "description": "A time span.", "examples": ["14d"]}, "x",
         "wrong-format", "'a' is 'x', which is not of the right form",
         "expected: a time span, such as 14d"),
        ({"pattern": "^x$", "description": "URL of it."}, "z", "wrong-format",
         "'a' is 'z', which is not of the right form", "expected: URL of it"),
        ({"pattern": "^x$"}, "z", "wrong-format", "'a' is 'z', which is not of the right form",
         "expected: text that matches ^x$"),
        ({"minimum": 1}, "0", "out-of-range", "'a' is 0, and must be at least 1", ""),
        ({"maximum": 1}, "1.5", "out-of-range", "'a' is 1.5, and must be at most 1", ""),
        ({"exclusiveMinimum": 0}, "0", "out-of-range", "'a' is 0, and must be more than 0", ""),
        ({"exclusiveMaximum": 9}, "9", "out-of-range", "'a' is 9, and must be less than 9", ""),
        ({"multipleOf": 2}, "3", "out-of-range", "'a' is 3, and must be a multiple of 2", ""),
        ({"minLength": 1}, "''", "out-of-range", "'a' is empty", "fill it in, or remove it"),
        ({"maxLength": 2}, "abc", "out-of-range", "'a' has 3 characters, and must have at most 2",
         ""),
        ({"minItems": 1}, "[]", "out-of-range", "'a' is empty", "fill it in, or remove it"),
        ({"maxItems": 1}, "[b, c]", "out-of-range", "'a' has 2 items, and must have at most 1", ""),
        ({"minProperties": 1}, "{}", "out-of-range", "'a' is empty", "fill it in, or remove it"),
        ({"minItems": 2}, "[b]", "out-of-range", "'a' has 1 item, and must have at least 2", ""),
        ({"not": {"type": "string"}}, "b", "schema", "'a' does not fit its schema (not)", ""),
        ({"contains": {"const": 1}}, "[2]", "schema", "'a' does not fit its schema (contains)",
         ""),
    ],
)  # fmt: skip
def test_a_wrong_value_is_told_in_words(schema, text, code, message, hint):
    finding = only(inside(**schema), f"a: {text}")

    assert told(finding) == (code, message, hint)
    assert place(finding) == (1, 4, 4 + len(text)) if text else (1, 3, 3)


def test_a_key_that_a_schema_forbids_is_told_so():
    assert only({"properties": {"a": False}}, "a: 1").message == "'a' is not allowed here"


def test_the_whole_document_can_be_of_the_wrong_type():
    finding = only({"type": "object"}, "- a\n")

    assert finding.message == "the document is a list, where a mapping is needed"


def test_a_repeated_item_is_located_and_says_where_the_first_stands():
    finding = only(inside(uniqueItems=True), "a:\n- {b: 1, c: 2}\n- d\n- {c: 2, b: 1}\n")

    assert told(finding) == (
        "duplicate-item",
        "'a[2]' repeats a mapping, which stands first on line 2",
        "remove one of them",
    )
    assert place(finding) == (4, 3, 15)


def test_things_that_only_look_alike_are_no_duplicates():
    assert violations(inside(uniqueItems=True), "a: [1, '1', true, 'true', [1], {b: 1}]") == ()


def test_long_and_odd_text_is_quoted_shortly_on_one_line():
    finding = only(inside(const=1), 'a: "' + "\\n\\x1b" * 50 + '"')

    assert "\n" not in finding.message
    assert "\x1b" not in finding.message
    assert len(finding.message) < 300


# Patterns


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("^[a-z]+$", "abc\n"),
        (r"^\d+$", "٣"),
        (r"^\w+$", "é"),
        ("^.$", "\r"),
        ("^.$", "\u2028"),
        (r"a\$$", "a"),
        ("^[$]$", "x"),
    ],
)
def test_a_pattern_does_not_match_more_than_json_schema_says(pattern, text):
    assert not strict(pattern).search(text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [("^[a-z]+$", "abc"), ("b", "abc"), (r"^a\.b\$$", "a.b$"), ("^[.$]+$", ".$"), (r"[\]$.]", "$")],
)
def test_a_pattern_still_matches_what_it_should(pattern, text):
    assert strict(pattern).search(text)


def test_patterns_of_keys_are_strict_too():
    schema = {"patternProperties": {"^[a-z]$": {"const": 1}}, "additionalProperties": False}

    assert only(schema, "a: 2").code == "wrong-value"
    assert only(schema, '"a\\n": 1').code == "unknown-key"
    assert violations(schema, "a: 1") == ()


# Alternatives

EITHER = {
    "anyOf": [
        {"type": "string", "pattern": "^[a-z]+$"},
        {"type": "array", "items": {"type": "string"}, "minItems": 1},
    ]
}


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("B", "wrong-format", "'a' is 'B', which is not of the right form"),
        ("[b, 3]", "wrong-type", "'a[1]' is 3, where text is needed"),
        ("[]", "out-of-range", "'a' is empty"),
        ("3", "wrong-type", "'a' is 3, where text or a list is needed"),
    ],
)
def test_of_alternatives_the_one_that_was_meant_is_reported(text, code, message):
    finding = only(inside(**EITHER), f"a: {text}")

    assert (finding.code, finding.message) == (code, message)


def test_alternatives_with_fixed_values_offer_all_of_them():
    schema = inside(oneOf=[{"const": "auto"}, {"enum": ["low", "high"]}])

    assert told(only(schema, "a: hihg")) == (
        "wrong-value",
        "'a' is 'hihg', which is not one of its values",
        "did you mean 'high'? one of: auto, low, high",
    )


def test_a_key_with_a_fixed_value_tells_alternatives_apart():
    shapes = [
        {
            "properties": {"kind": {"const": kind}, "x": {"type": "integer"}},
            "required": ["kind", *more],
        }
        for kind, more in [("one", ()), ("two", ("y", "z")), ("three", ())]
    ]
    found = violations(inside(oneOf=shapes), "a: {kind: two, x: b}")

    assert [finding.message for finding in found] == [
        "'a' lacks the key 'y'",
        "'a' lacks the key 'z'",
        "'a.x' is 'b', where a whole number is needed",
    ]


def test_alternatives_inside_alternatives_are_followed():
    finding = only(inside(anyOf=[{"type": "array", "items": EITHER}, {"type": "null"}]), "a: [B]")

    assert finding.message == "'a[0]' is 'B', which is not of the right form"


def test_a_value_that_fits_two_of_exclusive_alternatives_is_told_so():
    schema = inside(oneOf=[{"type": "integer"}, {"minimum": 0}])

    assert only(schema, "a: 1").message == "'a' does not fit its schema (oneOf)"


# The schemas that travel with policyctl


def test_every_shipped_schema_is_a_schema():
    for file in shipped("schemas").iterdir():
        Draft202012Validator.check_schema(json.loads(file.read_text("utf-8")))


def test_a_reference_into_another_file_is_followed():
    text = "schema: policyctl/baseline/v1\nsensitivity: L7\ngates: {limited: {window: soon}}\n"
    found = [finding for finding in check(document(text), "baseline.v1") if finding.at]

    assert [(finding.code, place(finding)) for finding in found] == [
        ("wrong-value", (2, 14, 16)),
        ("wrong-format", (3, 27, 31)),
    ]


def test_findings_come_in_the_order_of_the_lines():
    text = "zz: 1\nstage: x\nname: ''\naa: 1\n"
    found = [finding for finding in check(document(text), "policy.v1") if finding.at]

    assert [finding.span.line for finding in found] == [1, 2, 3, 4]


def test_an_unknown_schema_is_an_error():
    with pytest.raises(InputError, match=r"^there is no schema 'policy.v9'$"):
        check(document("a: 1"), "policy.v9")


@pytest.mark.parametrize(
    "text",
    [
        "applies_to: {apps: [" + ", ".join(f"{n}, n{n}" for n in range(40_000)) + "]}",
        "guardrails: [" + "x, " * 150_000 + "]",
        "".join(f"key{n}: 1\n" for n in range(30_000)),
        "stage: " + "logging" * 100_000,
        "id: " + "a-" * 400_000,
    ],
    ids=["unlike items", "wrong items", "unknown keys", "long value", "long id"],
)
def test_hostile_documents_are_judged_in_little_time(text):
    parsed = document(text)
    started = time.process_time()

    assert check(parsed, "policy.v1")
    assert time.process_time() - started < 10
