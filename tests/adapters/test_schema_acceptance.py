"""The fast acceptance of documents against jsonschema: it never accepts what that refuses."""

from __future__ import annotations

import copy
import json
import math
import random
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from policyctl.adapters.resources import shipped_file, shipped_names
from policyctl.adapters.schema_acceptance import acceptance, acceptance_of
from policyctl.adapters.schema_files import schemas_from
from policyctl.adapters.schema_keywords import StrictValidator
from policyctl.adapters.schemas import check
from policyctl.adapters.yaml_documents import YamlDocuments
from policyctl.adapters.yaml_files import parse

DATA = Path(__file__).parents[1] / "data"
MUTANTS = 4_000
SCHEMAS = ("policy.v1", "baseline.v1")


def read(content):
    document, findings = parse(content, "a.yaml")
    assert findings == ()
    return document.data


POLICIES = [read((DATA / name).read_bytes()) for name in ("every-key.yaml", "team-assistant.yaml")]
BASELINES = [read(shipped_file("baselines", name)) for name in shipped_names("baselines")]
SOUND = {"policy.v1": POLICIES, "baseline.v1": BASELINES}


def validators(name):
    """jsonschema as it comes, and as policyctl reads schemas."""
    file = f"{name}.json"
    schemas = schemas_from(file)
    registry = Registry().with_resources(
        (uri, DRAFT202012.create_resource(schema)) for uri, schema in schemas.items()
    )
    return [
        kind(schemas[file], registry=registry) for kind in (Draft202012Validator, StrictValidator)
    ]


# Mutants. Each change has a name; those in LENIENT jsonschema lets pass, and we do not.

LENIENT = {
    "a line end after the last character",
    "a line end after a key",
    "a digit that is none in ASCII",
    "a whole number as a float",
    "a line separator",
}


def with_line_end(value, chance):
    return f"{value}\n" if isinstance(value, str) else None


def with_other_digit(value, chance):
    if not isinstance(value, str):
        return None
    place = chance.randrange(len(value) + 1)
    return value[:place] + chance.choice("٣३９²") + value[place:]


def with_line_separator(value, chance):
    return value + chance.choice("\u2028\u2029\r") if isinstance(value, str) else None


def as_float(value, chance):
    return float(value) if type(value) is int else None


def another(value, chance):
    return chance.choice(
        [
            *(None, True, False, 0, 1, -1, 2**63, 10**400, 0.5, math.nan, math.inf, -math.inf),
            *("", " ", "x", "x" * 121, "x" * 2001, "é", "L5", "LOGGING", "\ud800", "\0"),
            *([], [[]], {}, {"": {}}, {"x": [None]}, [1, True, 1.0], ["a", "a"]),
        ]
    )


def at_an_edge(value, chance):
    if type(value) is int:
        edge = chance.choice([0, 1, 999_999, 10**9, 10**12])
        return edge + chance.choice([-1, 0, 1])
    if isinstance(value, str):
        edge = chance.choice([0, 1, 63, 64, 100, 120, 200, 500, 1000, 2000])
        return (value * edge)[: edge + chance.choice([0, 1])] if value else None
    if isinstance(value, list) and value:
        edge = chance.choice([1, 20, 30, 50, 100, 200, 500])
        return (value * edge)[: edge + chance.choice([0, 1])]
    return None


def without_a_part(value, chance):
    if not isinstance(value, (dict, list)) or not value:
        return None
    left = copy.copy(value)
    del left[chance.choice(list(value) if isinstance(value, dict) else range(len(value)))]
    return left


def with_another_key(value, chance):
    if not isinstance(value, dict):
        return None
    keys = ["", "x", "owner", "detector", "id", "key", "share", "schema", "é", "a b", "ID", "$ref"]
    return {**value, chance.choice(keys): chance.choice(["x", "10%", 1, [], {}, ["x"]])}


def with_a_renamed_key(value, chance):
    if not isinstance(value, dict) or not value:
        return None
    old = chance.choice(list(value))
    new = chance.choice([old + " ", old.upper(), old[:-1], old + "s", "ref"])
    return {new if key == old else key: item for key, item in value.items()}


def with_line_end_after_a_key(value, chance):
    if not isinstance(value, dict) or not value:
        return None
    old = chance.choice(list(value))
    return {f"{old}\n" if key == old else key: item for key, item in value.items()}


def with_an_item_twice(value, chance):
    return [*value, chance.choice(value)] if isinstance(value, list) and value else None


def in_a_list(value, chance):
    return [value]


CHANGES = {
    "a line end after the last character": with_line_end,
    "a digit that is none in ASCII": with_other_digit,
    "a whole number as a float": as_float,
    "a line separator": with_line_separator,
    "another value": another,
    "a value at an edge": at_an_edge,
    "a part less": without_a_part,
    "a key more": with_another_key,
    "a key with another name": with_a_renamed_key,
    "a line end after a key": with_line_end_after_a_key,
    "an item twice": with_an_item_twice,
    "a list around it": in_a_list,
}


def places(value, at=()):
    yield at
    if isinstance(value, (dict, list)):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(item, (*at, key))


def changed(document, chance):
    """The document with one place changed, and the name of the change."""
    while True:
        at = chance.choice(list(places(document)))
        name = chance.choice(list(CHANGES))
        made = copy.deepcopy(document)
        target = made
        for step in at[:-1]:
            target = target[step]
        value = CHANGES[name](target[at[-1]] if at else made, chance)
        if value is None and name != "another value":
            continue
        if at:
            target[at[-1]] = value
        else:
            made = value
        return made, name


def mutants(name, seed):
    """Documents with up to three changes, and the names of the changes."""
    chance = random.Random(seed)
    for _ in range(MUTANTS // 2):
        document, names = chance.choice(SOUND[name]), set()
        for _ in range(chance.choice([1, 1, 2, 3])):
            document, change = changed(document, chance)
            names.add(change)
        yield document, names


@pytest.mark.parametrize("name", SCHEMAS)
def test_mutants_are_judged_as_jsonschema_judges_them(name):
    accepts = acceptance(name)
    reference, strict = validators(name)
    accepted, refused, stricter = 0, 0, set()

    for document, changes in mutants(name, 42):
        ours = accepts(document)
        assert ours == strict.is_valid(document), document
        if ours:
            assert reference.is_valid(document), document
            accepted += 1
        elif reference.is_valid(document):
            assert changes & LENIENT, (changes, document)
            stricter |= changes & LENIENT
        else:
            refused += 1

    assert accepted > MUTANTS / 40
    assert refused > MUTANTS / 4
    assert stricter >= {"a line end after the last character", "a whole number as a float"}


def test_the_changes_reach_every_key_of_the_schema():
    """A key that no sound document holds would never be mutated."""
    schema = json.loads(shipped_file("schemas", "policy.v1.json"))

    def keys(part):
        if isinstance(part, dict):
            yield from part.get("properties", {})
            for value in part.values():
                yield from keys(value)

    written = {step for policy in POLICIES for at in places(policy) for step in at}

    assert set(keys(schema)) <= written


# The fast path is taken


@pytest.mark.parametrize("name", SCHEMAS)
def test_sound_documents_are_accepted_without_a_validator(name, monkeypatch):
    monkeypatch.setattr("policyctl.adapters.schemas.check", None)

    for data in SOUND[name]:
        document, _ = parse(json.dumps(data).encode(), "a.yaml")

        assert YamlDocuments().check(document, name) == ()


def test_what_is_not_accepted_goes_to_the_validator():
    document, _ = parse(json.dumps(POLICIES[0]).replace("limited", "limitid").encode(), "a.yaml")

    assert YamlDocuments().check(document, "policy.v1") == check(document, "policy.v1") != ()


# What is not known is not ignored

OTHER_KEYWORDS = {
    "$anchor": "a",
    "$dynamicAnchor": "a",
    "$dynamicRef": "#a",
    "$id": "x",
    "$comment": "x",
    "$vocabulary": {},
    "allOf": [False],
    "oneOf": [False],
    "not": True,
    "if": True,
    "then": False,
    "else": False,
    "dependentSchemas": {"a": False},
    "prefixItems": [False],
    "contains": False,
    "minContains": 9,
    "maxContains": 0,
    "patternProperties": {"": False},
    "unevaluatedItems": False,
    "unevaluatedProperties": False,
    "multipleOf": 7,
    "exclusiveMinimum": 99,
    "exclusiveMaximum": 0,
    "maxProperties": 0,
    "format": "uuid",
    "contentEncoding": "base64",
    "contentMediaType": "x",
    "contentSchema": {},
    "deprecated": True,
    "readOnly": True,
    "writeOnly": True,
    "default": 1,
    "nonsense": 1,
}
VALUES = {"object": {"a": "b"}, "array": ["a"], "string": "a", "integer": 1, "boolean": True}


@pytest.mark.parametrize("keyword", OTHER_KEYWORDS)
@pytest.mark.parametrize("kind", VALUES)
def test_an_unknown_keyword_anywhere_leaves_every_document_to_the_validator(keyword, kind):
    schema = {"type": kind, keyword: OTHER_KEYWORDS[keyword]}
    value = VALUES[kind]

    assert acceptance_of({"type": kind}, {})(value)
    assert not acceptance_of(schema, {})(value)
    for around, inside in (
        ({"type": "object", "properties": {"b": schema}}, {}),
        ({"type": "object", "additionalProperties": schema}, {}),
        ({"type": "array", "items": schema}, []),
        ({"anyOf": [{"type": "array"}, schema]}, []),
        ({"$ref": "#/$defs/x", "$defs": {"x": schema}}, value),
    ):
        assert not acceptance_of(around, {})(inside)


@pytest.mark.parametrize(
    "schema",
    [
        {"minLength": 3},
        {"minimum": 3},
        {"required": ["a"]},
        {"type": ["string", "null"]},
        {"type": "number"},
        {"type": "null"},
        {"type": "string", "minimum": 1},
        {"type": "integer", "pattern": "x"},
        {"type": "array", "required": ["x"]},
        {"enum": ["a", 1]},
        {"const": {"a": 1}},
        {"type": "object", "propertyNames": {"type": "string"}},
        {"type": "object", "propertyNames": {"$ref": "#"}},
        {"$ref": "#anchor"},
        {"$ref": "#/$defs/none"},
        {"$ref": "#/a~1b", "a/b": True},
        {"$ref": "#/anyOf/0", "anyOf": [True]},
        {"$ref": "other.json"},
    ],
    ids=str,
)
def test_a_known_keyword_in_an_unknown_place_is_not_ignored_either(schema):
    accepts = acceptance_of(schema, {})

    assert not any(accepts(value) for value in [*VALUES.values(), None, 1.5, "a", {}, [], 99])


def test_a_schema_is_not_changed_by_being_used():
    schema = {"type": "object", "propertyNames": {"pattern": "^a$"}}
    before = copy.deepcopy(schema)

    first, second = acceptance_of(schema, {}), acceptance_of(schema, {})

    assert schema == before
    assert [accepts({"b": 1}) for accepts in (first, second)] == [False, False]


def test_a_schema_may_refer_to_itself():
    tree = {"type": "object", "additionalProperties": {"$ref": "#"}}

    assert acceptance_of(tree, {})({"a": {"b": {}}})
    assert not acceptance_of(tree, {})({"a": {"b": 1}})
