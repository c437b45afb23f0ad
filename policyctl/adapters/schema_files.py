"""The JSON Schemas that travel with policyctl, as documents."""

from __future__ import annotations

import json
from collections.abc import Iterator

from policyctl.adapters.resources import shipped_file
from policyctl.errors import InputError

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    from typing import Any


def schemas_from(file: str) -> dict[str, Any]:
    """The schema in a file and all that it refers to, by the names of their files.

    Raises:
        InputError: there is no such schema.
    """
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
        return json.loads(shipped_file("schemas", file))
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
