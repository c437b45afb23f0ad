"""JSON Schema keywords where jsonschema is lax, slow on hostile input or short of detail.

Each yields one error per violation, with the place of exactly the thing that is wrong.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from policyctl.adapters.schema_patterns import strict

_Errors = Iterator[ValidationError]
_Schema = Mapping[str, Any]


def _pattern(_: Any, pattern: str, instance: object, __: _Schema) -> _Errors:
    if isinstance(instance, str) and not strict(pattern).search(instance):
        yield ValidationError("it does not match the pattern")


def _properties(
    validator: Any, properties: Mapping[str, Any], instance: object, _: _Schema
) -> _Errors:
    if not isinstance(instance, dict):
        return
    for key, schema in properties.items():
        if key in instance and schema is False:  # jsonschema loses the place of these
            yield ValidationError("the key is forbidden", path=[key], schema=False)
        elif key in instance:
            yield from validator.descend(instance[key], schema, path=key, schema_path=key)


def _pattern_properties(
    validator: Any, patterns: Mapping[str, Any], instance: object, _: _Schema
) -> _Errors:
    if not isinstance(instance, dict):
        return
    for pattern, schema in patterns.items():
        for key, value in instance.items():
            if strict(pattern).search(key):
                yield from validator.descend(value, schema, path=key, schema_path=pattern)


def _additional_properties(
    validator: Any, additional: object, instance: object, schema: _Schema
) -> _Errors:
    if not isinstance(instance, dict):
        return
    known = schema.get("properties", {})
    patterns = [strict(pattern) for pattern in schema.get("patternProperties", ())]
    for key, value in instance.items():
        if key in known or any(pattern.search(key) for pattern in patterns):
            continue
        if additional is False:
            yield ValidationError("the key is unknown", path=[key], instance=key)
        else:
            yield from validator.descend(value, additional, path=key)


def _property_names(validator: Any, names: object, instance: object, _: _Schema) -> _Errors:
    if isinstance(instance, dict):
        for key in instance:
            errors = list(validator.descend(key, names))
            if errors:
                yield ValidationError("the key is wrong", path=[key], instance=key, context=errors)


def _required(_: Any, required: list[str], instance: object, __: _Schema) -> _Errors:
    if isinstance(instance, dict):
        for key in required:
            if key not in instance:
                yield ValidationError("a key is missing", instance=key)


def _dependent_required(
    _: Any, dependent: Mapping[str, list[str]], instance: object, __: _Schema
) -> _Errors:
    if not isinstance(instance, dict):
        return
    for key, companions in dependent.items():
        for companion in companions:
            if key in instance and companion not in instance:
                yield ValidationError("a key is missing", path=[key], instance=companion)


def _unique_items(_: Any, unique: bool, instance: object, __: _Schema) -> _Errors:
    """Linear in the size of the list, where jsonschema compares every pair of unlike things."""
    if not unique or not isinstance(instance, list):
        return
    first: dict[str, int] = {}
    for index, item in enumerate(instance):
        earlier = first.setdefault(json.dumps(item, sort_keys=True), index)
        if earlier != index:
            yield ValidationError(
                "the item is there already", path=[index], validator_value=earlier
            )


def _is_whole(_: object, instance: object) -> bool:
    """JSON Schema calls 1.0 an integer too; what is signed later has no floats."""
    return isinstance(instance, int) and not isinstance(instance, bool)


StrictValidator: Any = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    {
        "pattern": _pattern,
        "properties": _properties,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties,
        "propertyNames": _property_names,
        "required": _required,
        "dependentRequired": _dependent_required,
        "uniqueItems": _unique_items,
    },
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_whole),
)
"""JSON Schema 2020-12, read strictly."""
