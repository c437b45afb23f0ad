"""Tells documents that a JSON Schema accepts beyond doubt, at a sixtieth of a validator's cost.

Only "accepted" is a verdict. Whatever is not accepted here goes to the full validator, which tells
what is wrong, or that nothing is. A schema with a keyword that is not known here accepts nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache

from policyctl.adapters.schema_files import schemas_from
from policyctl.adapters.schema_patterns import strict

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    from typing import Any

Accepts = Callable[["Any"], bool]
"""Whether a value is accepted; False also where that is in doubt."""

_Keywords = dict[str, "Any"]

_SAYS_NOTHING = {
    *("$schema", "$defs", "title", "description", "examples"),
    # For editors.
    *("defaultSnippets", "enumDescriptions", "patternErrorMessage"),
}
_NO_LIMIT = float("inf")
_TEXT = frozenset({str})
_REMEMBERED = 1024
_LONGEST_REMEMBERED = 100


@cache
def acceptance(schema_name: str) -> Accepts:
    """The test that documents of a shipped schema have to pass, such as ``policy.v1``.

    Raises:
        InputError: there is no such schema.
    """
    file = f"{schema_name}.json"
    schemas = schemas_from(file)
    return acceptance_of(schemas[file], schemas)


def acceptance_of(schema: Mapping[str, Any], others: Mapping[str, Any]) -> Accepts:
    """The test that documents of a schema have to pass.

    Args:
        schema: JSON Schema 2020-12.
        others: the schemas that it refers to, by the names of their files.
    """
    try:
        return _Compiler(others).compiled(schema, schema)
    except UnknownKeywordError:
        return _never


class UnknownKeywordError(Exception):
    """A schema uses something that is not known here."""


class _Compiler:
    """Makes one function of each schema; one that several refer to is made once."""

    def __init__(self, others: Mapping[str, Any]) -> None:
        self._others = others
        self._made: dict[int, Accepts] = {}

    def compiled(self, schema: Any, home: Mapping[str, Any]) -> Accepts:
        """The test of a schema that stands in the document ``home``."""
        if isinstance(schema, bool):
            return _always if schema else _never
        key = id(schema)
        if key not in self._made:
            # A schema that refers to itself finds this in place of a function not made yet.
            self._made[key] = lambda value: self._made[key](value)  # noqa: PLW0108 - made later
            self._made[key] = self._of_keywords(schema, home)
        return self._made[key]

    def _of_keywords(self, schema: Mapping[str, Any], home: Mapping[str, Any]) -> Accepts:
        left = {key: value for key, value in schema.items() if key not in _SAYS_NOTHING}
        tests: list[Accepts] = []
        if "$ref" in left:
            tests.append(self._referred(left.pop("$ref"), home))
        if "anyOf" in left:
            tests.append(_any_of([self.compiled(one, home) for one in left.pop("anyOf")]))
        if "enum" in left:
            tests.append(_one_of(left.pop("enum")))
        if "const" in left:
            tests.append(_one_of([left.pop("const")]))
        if "type" in left:
            tests.append(self._of_type(left, home))
        if left:
            raise UnknownKeywordError(", ".join(left))
        return _all_of(tests)

    def _referred(self, reference: str, home: Mapping[str, Any]) -> Accepts:
        file, _, pointer = reference.partition("#")
        document = self._others.get(file) if file else home
        start, *steps = pointer.split("/")
        target: Any = document
        for step in steps:
            target = target.get(step) if isinstance(target, dict) else None
        if start or document is None or target is None:
            # An anchor, a pointer into a list, one with escapes, or one to nothing.
            raise UnknownKeywordError(reference)
        return self.compiled(target, document)

    def _of_type(self, left: _Keywords, home: Mapping[str, Any]) -> Accepts:
        match left.pop("type"):
            case "object":
                return self._object(left, home)
            case "array":
                return self._array(left, home)
            case "string":
                return _text(left)
            case "integer":
                return _whole_number(left)
            case "boolean":
                return _truth
            case other:
                raise UnknownKeywordError(f"type {other}")

    def _object(self, left: _Keywords, home: Mapping[str, Any]) -> Accepts:
        own: Mapping[str, Any] = left.pop("properties", {})
        known = {key: self.compiled(schema, home) for key, schema in own.items()}
        other = self.compiled(left.pop("additionalProperties", True), home)
        is_name = _text(dict(left.pop("propertyNames"))) if "propertyNames" in left else None
        required = frozenset(left.pop("required", ()))
        companions: Mapping[str, Sequence[str]] = left.pop("dependentRequired", {})
        least: int = left.pop("minProperties", 0)

        def accepts(value: Any) -> bool:
            if value.__class__ is not dict or len(value) < least:
                return False
            for key, item in value.items():
                if not known.get(key, other)(item):
                    return False
            if is_name is not None and not all(map(is_name, value)):
                return False
            if required and not value.keys() >= required:
                return False
            return not companions or _has_companions(value, companions)

        return accepts

    def _array(self, left: _Keywords, home: Mapping[str, Any]) -> Accepts:
        fits = self.compiled(left.pop("items", True), home)
        least, most = left.pop("minItems", 0), left.pop("maxItems", _NO_LIMIT)
        is_unique: bool = left.pop("uniqueItems", False)

        def accepts(value: Any) -> bool:
            if value.__class__ is not list or not least <= len(value) <= most:
                return False
            for item in value:
                if not fits(item):
                    return False
            return not is_unique or _all_unlike(value)

        return accepts


def _text(left: _Keywords) -> Accepts:
    """The test of a text; takes the keywords that it knows."""
    rest = {key: value for key, value in left.items() if key not in _SAYS_NOTHING}
    least, most = rest.pop("minLength", 0), rest.pop("maxLength", _NO_LIMIT)
    pattern = rest.pop("pattern", None)
    if rest:
        raise UnknownKeywordError(", ".join(rest))
    left.clear()
    if pattern is None:
        return lambda value: value.__class__ is str and least <= len(value) <= most
    search = strict(pattern).search
    seen: set[str] = set()  # the same few texts stand in most policies

    def accepts(value: Any) -> bool:
        if value.__class__ is not str:
            return False
        if value in seen:
            return True
        if not least <= len(value) <= most or search(value) is None:
            return False
        if len(seen) < _REMEMBERED and len(value) <= _LONGEST_REMEMBERED:
            seen.add(value)
        return True

    return accepts


def _whole_number(left: _Keywords) -> Accepts:
    low, high = left.pop("minimum", -_NO_LIMIT), left.pop("maximum", _NO_LIMIT)
    return lambda value: value.__class__ is int and low <= value <= high


def _truth(value: Any) -> bool:
    return value is True or value is False


def _one_of(allowed: Sequence[Any]) -> Accepts:
    if not all(isinstance(one, str) for one in allowed):
        raise UnknownKeywordError("values that are not text")
    words = frozenset(allowed)
    return lambda value: value.__class__ is str and value in words


def _all_of(tests: Sequence[Accepts]) -> Accepts:
    if len(tests) == 1:
        return tests[0]
    return lambda value: all(test(value) for test in tests)


def _any_of(tests: Sequence[Accepts]) -> Accepts:
    return lambda value: any(test(value) for test in tests)


def _has_companions(value: Mapping[str, Any], companions: Mapping[str, Sequence[str]]) -> bool:
    return all(one in value for key, needed in companions.items() if key in value for one in needed)


def _all_unlike(values: Sequence[Any]) -> bool:
    return _TEXT.issuperset(map(type, values)) and len(set(values)) == len(values)


def _always(_: Any) -> bool:
    return True


def _never(_: Any) -> bool:
    return False
