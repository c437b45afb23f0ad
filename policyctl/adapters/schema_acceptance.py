"""Tells documents that a JSON Schema accepts without a doubt, at a fraction of a validator's cost.

Only the verdict "accepted" is final. Whatever is not accepted here goes to the full validator,
which finds out what is wrong, or that nothing is. A schema with a keyword that is not known here
accepts nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from policyctl.adapters.schema_patterns import strict

Accepts = Callable[[object], bool]
"""Whether a value is accepted; False also where that is in doubt."""

_Schema = Mapping[str, Any]

_SAYS_NOTHING = {"$schema", "$defs", "title", "description", "examples"}
_NO_LIMIT = float("inf")


class UnknownKeywordError(Exception):
    """The schema uses something that is not known here."""


def acceptance(schema: _Schema, others: Mapping[str, _Schema]) -> Accepts:
    """The test that documents of a schema have to pass.

    Args:
        schema: JSON Schema 2020-12.
        others: the schemas that it refers to, by the names of their files.
    """
    try:
        return _Compiler(others, {}).compiled(schema, schema)
    except UnknownKeywordError:
        return _nothing


class _Compiler:
    """Makes one function of each schema; one that several refer to is made once."""

    def __init__(self, others: Mapping[str, _Schema], made: dict[int, Accepts]) -> None:
        self._others = others
        self._made = made

    def compiled(self, schema: Any, root: _Schema) -> Accepts:
        """The test of a schema that stands in the document ``root``.

        Raises:
            UnknownKeywordError: it holds a keyword that is not known here.
        """
        if schema is True:
            return _everything
        if schema is False:
            return _nothing
        known = self._made.get(id(schema))
        if known is None:
            # A schema that refers to itself finds this in place of a function not made yet.
            self._made[id(schema)] = lambda value: self._made[id(schema)](value)
            known = self._made[id(schema)] = self._of_all_keywords(schema, root)
        return known

    def _of_all_keywords(self, schema: _Schema, root: _Schema) -> Accepts:
        rest = {key: value for key, value in schema.items() if key not in _SAYS_NOTHING}
        tests: list[Accepts] = []
        if "$ref" in rest:
            tests.append(self._referred(rest.pop("$ref"), root))
        if "anyOf" in rest:
            tests.append(_any_of([self.compiled(one, root) for one in rest.pop("anyOf")]))
        if "allOf" in rest:
            tests += [self.compiled(one, root) for one in rest.pop("allOf")]
        if "const" in rest or "enum" in rest:
            tests.append(_one_of([*rest.pop("enum", ()), *_taken(rest, "const")]))
        if "type" in rest:
            tests.append(self._of_type(rest, root))
        if rest:
            raise UnknownKeywordError(", ".join(rest))
        return _all_of(tests)

    def _referred(self, reference: str, root: _Schema) -> Accepts:
        file, _, pointer = reference.partition("#")
        home = self._others[file] if file else root
        target: Any = home
        for step in pointer.split("/")[1:]:
            target = target[step]
        return self.compiled(target, home)

    def _of_type(self, rest: dict[str, Any], root: _Schema) -> Accepts:
        match rest.pop("type"):
            case "object":
                return self._object(rest, root)
            case "array":
                return self._array(rest, root)
            case "string":
                return _string(rest)
            case "integer":
                low, high = rest.pop("minimum", -_NO_LIMIT), rest.pop("maximum", _NO_LIMIT)
                return lambda value: value.__class__ is int and low <= value <= high  # type: ignore[operator]
            case "boolean":
                return lambda value: value is True or value is False
            case other:
                raise UnknownKeywordError(f"type {other}")

    def _object(self, rest: dict[str, Any], root: _Schema) -> Accepts:
        properties = {
            key: self.compiled(schema, root) for key, schema in rest.pop("properties", {}).items()
        }
        additional = self.compiled(rest.pop("additionalProperties", True), root)
        required: Sequence[str] = rest.pop("required", ())
        least: int = rest.pop("minProperties", 0)
        together = [
            (key, companion)
            for key, companions in rest.pop("dependentRequired", {}).items()
            for companion in companions
        ]
        names = _string(rest.pop("propertyNames", {}))

        def accepts(value: object) -> bool:
            if value.__class__ is not dict:
                return False
            for key, item in value.items():  # type: ignore[attr-defined]
                test = properties.get(key)
                if test is None and not names(key):
                    return False
                if not (test or additional)(item):
                    return False
            for key in required:
                if key not in value:  # type: ignore[operator]
                    return False
            for key, companion in together:
                if key in value and companion not in value:  # type: ignore[operator]
                    return False
            return len(value) >= least  # type: ignore[arg-type]

        return accepts

    def _array(self, rest: dict[str, Any], root: _Schema) -> Accepts:
        items = self.compiled(rest.pop("items", True), root)
        least, most = rest.pop("minItems", 0), rest.pop("maxItems", _NO_LIMIT)
        unlike = rest.pop("uniqueItems", False)

        def accepts(value: object) -> bool:
            if value.__class__ is not list or not least <= len(value) <= most:  # type: ignore[arg-type]
                return False
            for item in value:  # type: ignore[attr-defined]
                if not items(item):
                    return False
            return not unlike or _all_different(value)

        return accepts


def _string(rest: dict[str, Any]) -> Accepts:
    least, most = rest.pop("minLength", 0), rest.pop("maxLength", _NO_LIMIT)
    pattern = rest.pop("pattern", None)
    if pattern is None:
        return lambda value: value.__class__ is str and least <= len(value) <= most
    search = strict(pattern).search
    return lambda value: (
        value.__class__ is str and least <= len(value) <= most and search(value) is not None
    )


def _one_of(values): 
    if not all(isinstance(v,str) for v in values): raise UnknownKeywordError("enum")
    s=frozenset(values)
    return lambda value: value.__class__ is str and value in s

def _taken(rest, key): return [rest.pop(key)] if key in rest else []
def _all_of(tests):
    if len(tests)==1: return tests[0]
    def accepts(value):
        for t in tests:
            if not t(value): return False
        return True
    return accepts
def _any_of(tests):
    return lambda value: any(t(value) for t in tests)
def _all_different(value):
    try: return len(set(value))==len(value) and all(v.__class__ is str for v in value)
    except TypeError: return False
def _nothing(value): return False
def _everything(value): return True
