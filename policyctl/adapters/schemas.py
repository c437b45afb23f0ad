"""Checks documents against the JSON Schemas that travel with policyctl."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from referencing import Registry
from referencing.jsonschema import DRAFT202012, SchemaRegistry

from policyctl.adapters.resources import shipped
from policyctl.adapters.schema_keywords import StrictValidator
from policyctl.adapters.schema_messages import findings
from policyctl.adapters.yaml_limits import MAX_FINDINGS
from policyctl.core.document import Document
from policyctl.core.finding import Finding, in_order
from policyctl.errors import InputError


def check(document: Document, schema_name: str) -> tuple[Finding, ...]:
    """What a schema has against a document, in the order of its lines.

    Args:
        document: what was read without a finding.
        schema_name: a shipped schema, such as ``policy.v1``.

    Raises:
        InputError: there is no such schema.
    """
    errors = islice(_validator(schema_name).iter_errors(document.data), MAX_FINDINGS)
    return in_order(finding for error in errors for finding in findings(document, error))


@functools.cache
def _validator(name: str) -> Any:
    file = f"{name}.json"
    schemas = _with_references(file)
    resources = [(uri, DRAFT202012.create_resource(schema)) for uri, schema in schemas.items()]
    registry: SchemaRegistry = Registry().with_resources(resources)
    return StrictValidator(schemas[file], registry=registry)


def _with_references(file: str) -> dict[str, Any]:
    """The schema in a file and all that it refers to, by the names of their files."""
    found: dict[str, Any] = {}
    wanted = [file]
    while wanted:
        name = wanted.pop()
        if name not in found:
            found[name] = _load(name)
            wanted += (reference.partition("#")[0] for reference in _references(found[name]))
            wanted = [one for one in wanted if one]
    return found


def _load(file: str) -> Any:
    try:
        return json.loads(shipped("schemas").joinpath(file).read_text("utf-8"))
    except OSError as error:
        raise InputError(f"there is no schema '{file.removesuffix('.json')}'") from error


def _references(schema: object) -> Iterator[str]:
    if isinstance(schema, dict):
        reference = schema.get("$ref")
        if isinstance(reference, str):
            yield reference
        for value in schema.values():
            yield from _references(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _references(value)
