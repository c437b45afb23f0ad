"""Of several alternatives that a value all fails: the one that its author meant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jsonschema.exceptions import ValidationError


def meant(error: ValidationError) -> Iterator[ValidationError]:
    """The violations to report for one: itself, or those of the alternative that was meant."""
    if error.validator not in {"anyOf", "oneOf"} or not error.context:
        yield error
        return
    branches = _branches(error)
    if all(_misses_type(branch) for branch in branches):
        yield _merged(error, branches, "type")
    elif all(_misses_value(branch) for branch in branches):
        yield _merged(error, branches, "enum")
    else:
        for violation in min(branches, key=_distance):
            yield from meant(violation)


def _branches(error: ValidationError) -> list[list[ValidationError]]:
    by_index: dict[str | int, list[ValidationError]] = {}
    for violation in error.context:
        by_index.setdefault(violation.relative_schema_path[0], []).append(violation)
    return list(by_index.values())


def _misses_type(branch: list[ValidationError]) -> bool:
    return any(not one.relative_path and one.validator == "type" for one in branch)


def _misses_value(branch: list[ValidationError]) -> bool:
    return any(not one.relative_path and one.validator in {"const", "enum"} for one in branch)


def _distance(branch: list[ValidationError]) -> tuple[bool, bool, int, int]:
    """How far a value is from an alternative; a key with a fixed value tells alternatives apart."""
    told_apart = sum(
        len(one.relative_path) == 1 and one.validator in {"const", "enum"} for one in branch
    )
    return _misses_type(branch), _misses_value(branch), told_apart, len(branch)


def _merged(
    error: ValidationError, branches: list[list[ValidationError]], validator: str
) -> ValidationError:
    """One violation that offers what all alternatives would have accepted."""
    wanted: list[object] = []
    for one in (one for branch in branches for one in branch if not one.relative_path):
        value: Any = one.validator_value
        if one.validator == "const" or (one.validator == "type" and isinstance(value, str)):
            wanted.append(value)
        elif one.validator in {"enum", "type"}:
            wanted += value
    return ValidationError(
        error.message,
        validator=validator,
        validator_value=wanted,
        path=error.absolute_path,
        instance=error.instance,
        schema=error.schema,
    )
