"""The reference of the files says what their schemas say. ``UPDATE_GOLDEN=1`` makes it anew."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

import policyctl

CHECKOUT = Path(policyctl.__file__).parent.parent
PAGES = CHECKOUT / "docs" / "reference"
SCHEMAS = CHECKOUT / "schemas"
MADE = (
    "<!-- Made from the schemas by tests/test_schema_reference.py: UPDATE_GOLDEN=1 makes it anew. "
    "-->\n"
)

if not PAGES.exists():
    pytest.skip("no docs beside the package: run this in a checkout", allow_module_level=True)


@dataclass(frozen=True)
class Key:
    """A key of a file, such as ``people.<id>.keys``."""

    path: str
    form: str
    required: bool
    says: str


@dataclass(frozen=True)
class Page:
    """What a page is called, and where the rest of the story stands."""

    schema: str
    title: str
    more: str


FILES = {
    "entry.md": Page(
        "entry",
        "An entry",
        "Why it looks like that, the actions, signatures, and what `policyctl verify` reports: "
        "[the ledger](../ledger.md).",
    ),
    "records.md": Page(
        "record",
        "A detection record",
        "Where records come from and what stands around them: [records](../records.md).",
    ),
    "governance.md": Page(
        "governance",
        "The governance file",
        "How it is changed and who signs: [governance](../governance.md). A policy's own keys: "
        "[the policy file](../policy-file.md).",
    ),
}


def loaded(name):
    return json.loads((SCHEMAS / name).read_text("utf-8"))


def followed(node, home):
    """The node with what it refers to, its own words first; and the file it stands in."""
    while "$ref" in node:
        file, _, place = node["$ref"].partition("#")
        home = loaded(file) if file else home
        target = home
        for step in filter(None, place.split("/")):
            target = target[step]
        node = {**target, **{key: value for key, value in node.items() if key != "$ref"}}
    return node, home


def joined(node, home):
    """The node with all that it must also be, whatever the condition of an 'if'."""
    node, home = followed(node, home)
    for part in node.get("allOf", ()):
        if "if" not in part:
            inner, home = joined(part, home)
            node = {**inner, **node}
    return node, home


def keys(node, home, prefix=""):
    shapes = {}
    for name, raw in node.get("properties", {}).items():
        inner, place = joined(raw, home)
        says = " ".join(inner.get("description", "").split())
        # What has the same keys as its neighbour is not listed twice.
        twin = shapes.setdefault(raw.get("$ref", name), name)
        same = twin != name and "properties" in inner
        says = f"{says} The keys are those of `{prefix}{twin}`.".strip() if same else says
        yield Key(prefix + name, form(raw, home), name in node.get("required", ()), says)
        if not same:
            yield from below(inner, place, prefix + name)


def below(node, home, path):
    yield from keys(node, home, f"{path}.")
    parts = [("[]", node.get("items")), (".<id>", node.get("additionalProperties"))]
    parts += [("", part) for part in node.get("oneOf", ())]
    for step, part in parts:
        if isinstance(part, dict):
            yield from below(*joined(part, home), path + step)


def form(raw, home):
    """Such as ``array of slug``; strings that have a name in the schema go by it."""
    for part in [raw, *raw.get("allOf", ())]:
        place = part.get("$ref", "").rpartition("/")[2]
        target = followed({"$ref": part["$ref"]}, home)[0] if place else {}
        if target.get("type") == "string" and "enum" not in target:
            NAMED[place] = target
            return place.replace("_", " ") + limits(raw)
    node, home = joined(raw, home)
    if "const" in node:
        return code(node["const"])
    if "enum" in node:
        return ", ".join(map(code, node["enum"]))
    if "oneOf" in node:
        return " or ".join(form(part, home) for part in node["oneOf"])
    kind = node.get("type", "any value")
    words = kind if isinstance(kind, str) else " or ".join(kind)
    if kind == "array" and "items" in node:
        words = f"array of {form(node['items'], home)}"
    if kind == "object" and isinstance(node.get("additionalProperties"), dict):
        words = f"by id: {form(node['additionalProperties'], home)}"
    return words + limits(node)


def limits(node):
    found = [f"{words} {node[name]}" for name, words in LIMITS.items() if name in node]
    found += [f"matches `{node['pattern']}`"] if "pattern" in node else []
    found += [node["format"]] if "format" in node else []
    return "".join(f", {one}" for one in found)


NAMED = {}  # strings with a name that the page being made has met
LIMITS = {
    "minimum": "at least",
    "maximum": "at most",
    "minLength": "length at least",
    "maxLength": "length at most",
    "minItems": "items at least",
}


def code(value):
    return f"`{json.dumps(value)}`"


def cell(text):
    """Only a pipe has a meaning inside of backticks."""
    parts = text.replace("|", "\\|").split("`")
    parts[::2] = [part.replace("<", "&lt;") for part in parts[::2]]
    return "`".join(parts)


def page(name):
    about = FILES[name]
    schema = loaded(f"{about.schema}.v1.json")
    NAMED.clear()
    parts = [
        MADE,
        f"# {about.title}\n\n{cell(schema['description'])}\n\n{about.more}\n\n"
        f"`policyctl schema {about.schema}.v1` prints the schema that this page is made of. "
        "A key that is not listed is refused.\n\n"
        "| key | form | required | what it says |\n| --- | --- | --- | --- |\n",
    ]
    for key in keys(schema, schema):
        required = "yes" if key.required else ""
        parts.append(f"| `{key.path}` | {cell(key.form)} | {required} | {cell(key.says)} |\n")
    parts.append("\n## Texts with a name\n\n| form | is | which is |\n| --- | --- | --- |\n")
    for called, node in sorted(NAMED.items()):
        says = " ".join(node.get("description", "").split())
        parts.append(f"| {called.replace('_', ' ')} | {cell('text' + limits(node))} | {says} |\n")
    return "".join(parts)


@pytest.mark.parametrize("name", FILES)
def test_the_page_is_what_the_schema_says(name):
    made, file = page(name), PAGES / name
    if os.environ.get("UPDATE_GOLDEN") == "1":
        file.write_bytes(made.encode())

    assert file.read_text("utf-8") == made


@pytest.mark.parametrize("name", FILES)
def test_the_files_are_closed_so_that_the_page_lists_every_key(name):
    open_objects = []

    def look(node, path):
        if isinstance(node, list):
            node = dict(enumerate(node))
        if isinstance(node, dict):
            if node.get("type") == "object" and "properties" in node:
                open_objects.extend([path] * (node.get("additionalProperties") is not False))
            for key, inner in node.items():
                look(inner, f"{path}/{key}")

    look(loaded(f"{FILES[name].schema}.v1.json"), "")

    assert open_objects == []
