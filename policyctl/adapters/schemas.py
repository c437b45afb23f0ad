"""Checks documents against the JSON Schemas that travel with policyctl."""

from __future__ import annotations

import functools
from itertools import islice
from typing import Any

from referencing import Registry
from referencing.jsonschema import DRAFT202012, SchemaRegistry

from policyctl.adapters.schema_files import schemas_from
from policyctl.adapters.schema_keywords import StrictValidator
from policyctl.adapters.schema_messages import findings
from policyctl.adapters.yaml_limits import MAX_FINDINGS
from policyctl.core.document import Document
from policyctl.core.finding import Finding, in_order


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
    schemas = schemas_from(file)
    resources = [(uri, DRAFT202012.create_resource(schema)) for uri, schema in schemas.items()]
    registry: SchemaRegistry = Registry().with_resources(resources)
    return StrictValidator(schemas[file], registry=registry)
