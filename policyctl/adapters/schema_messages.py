"""Turns a violation of a JSON Schema into findings that a person understands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from jsonschema.exceptions import ValidationError

from policyctl.adapters.schema_branches import meant
from policyctl.adapters.wording import kind, shown
from policyctl.core.document import Document
from policyctl.core.finding import Finding, Path, pointer
from policyctl.core.frozen import frozen

_LONGEST_GUESSED = 80
_EXAMPLES = 3
_MOST_LISTED = 10

_LIMITS = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "more than {}",
    "exclusiveMaximum": "less than {}",
    "multipleOf": "a multiple of {}",
}
_COUNTS = {
    "minLength": ("characters", "at least"),
    "maxLength": ("characters", "at most"),
    "minItems": ("items", "at least"),
    "maxItems": ("items", "at most"),
    "minProperties": ("keys", "at least"),
    "maxProperties": ("keys", "at most"),
}


@frozen
class _Told:
    """What to say about a violation.

    Attributes:
        key: whether the key at its place is meant rather than the value.
    """

    code: str
    message: str
    hint: str = ""
    key: bool = False


def findings(document: Document, error: ValidationError) -> Iterator[Finding]:
    """The findings about one violation: several if a branch of alternatives has several."""
    for violation in meant(error):
        at: Path = tuple(violation.absolute_path)
        told = _TELL.get(str(violation.validator), _rest)(violation, at, document)
        yield document.finding(told.code, told.message, at=at, hint=told.hint, key=told.key)


def _type(error: ValidationError, at: Path, _: Document) -> _Told:
    wanted: Any = error.validator_value
    names = [wanted] if isinstance(wanted, str) else list(dict.fromkeys(wanted))
    hint = _other_form(error) or _hint_about_quotes(error.instance, names) or _description(error)
    return _wrong_type(at, error.instance, names, hint)


def _enum(error: ValidationError, at: Path, _: Document) -> _Told:
    allowed: Any = error.validator_value
    hint = _choice(error.instance, allowed)
    if type(error.instance) not in {type(value) for value in allowed}:
        return _wrong_type(at, error.instance, sorted({_json_type(one) for one in allowed}), hint)
    message = f"{_where(at)} is {shown(error.instance)}, which is not one of its values"
    return _Told(code="wrong-value", message=message, hint=hint)


def _const(error: ValidationError, at: Path, _: Document) -> _Told:
    wanted = error.validator_value
    message = f"{_where(at)} is {shown(error.instance)}, and must be {shown(wanted)}"
    return _Told(code="wrong-value", message=message, hint=_description(error))


def _pattern(error: ValidationError, at: Path, _: Document) -> _Told:
    message = f"{_where(at)} is {shown(error.instance)}, which is not of the right form"
    return _Told(code="wrong-format", message=message, hint=_form(error))


def _limit(error: ValidationError, at: Path, _: Document) -> _Told:
    limit = _LIMITS[str(error.validator)].format(error.validator_value)
    message = f"{_where(at)} is {shown(error.instance)}, and must be {limit}"
    return _Told(code="out-of-range", message=message, hint=_description(error))


def _count(error: ValidationError, at: Path, _: Document) -> _Told:
    unit, bound = _COUNTS[str(error.validator)]
    limit, instance = error.validator_value, _instance(error)
    count = len(instance)
    if count == 0:
        message, hint = f"{_where(at)} is empty", "fill it in, or remove it"
        return _Told(code="out-of-range", message=message, hint=_description(error) or hint)
    unit = unit if count != 1 else unit[:-1]
    message = f"{_where(at)} has {count} {unit}, and must have {bound} {limit}"
    return _Told(code="out-of-range", message=message, hint=_description(error))


def _unknown_key(error: ValidationError, at: Path, _: Document) -> _Told:
    known = list(_properties(error))
    inside = f" in {_where(at[:-1])}" if at[:-1] else ""
    message = f"unknown key {shown(error.instance)}{inside}"
    return _Told(code="unknown-key", message=message, hint=_choice(error.instance, known), key=True)


def _missing_key(error: ValidationError, at: Path, _: Document) -> _Told:
    message = f"{_where(at)} lacks the key {shown(error.instance)}"
    return _Told(code="missing-key", message=message, hint=_add(error))


def _missing_companion(error: ValidationError, at: Path, _: Document) -> _Told:
    message = f"{_where(at)} needs the key {shown(error.instance)} beside it"
    return _Told(code="missing-companion", message=message, hint=_add(error), key=True)


def _duplicate_item(error: ValidationError, at: Path, document: Document) -> _Told:
    first: Any = error.validator_value
    item = _instance(error)[at[-1]]
    span = document.span((*at[:-1], first))
    line = f" on line {span.line}" if span else ""
    message = f"{_where(at)} repeats {shown(item)}, which stands first{line}"
    return _Told(code="duplicate-item", message=message, hint="remove one of them")


def _key_name(error: ValidationError, _: Path, __: Document) -> _Told:
    inner = error.context[0] if error.context else error
    name = f"the key {shown(error.instance)}"
    if inner.validator == "enum":
        allowed: Any = inner.validator_value
        hint = _choice(error.instance, allowed)
        return _Told(code="unknown-key", message=f"unknown {name[4:]}", hint=hint, key=True)
    if inner.validator == "pattern":
        message = f"{name} is not of the right form"
        return _Told(code="wrong-format", message=message, hint=_form(inner), key=True)
    message = f"{name} does not fit its schema ({inner.validator})"
    return _Told(code="schema", message=message, hint=_description(inner), key=True)


def _rest(error: ValidationError, at: Path, _: Document) -> _Told:
    if error.schema is False:
        return _Told(code="schema", message=f"{_where(at)} is not allowed here")
    message = f"{_where(at)} does not fit its schema ({error.validator})"
    return _Told(code="schema", message=message, hint=_description(error))


def _wrong_type(at: Path, value: object, names: Iterable[str], hint: str) -> _Told:
    hint = hint or ("fill it in, or remove the key" if value is None else "")
    is_what = "has no value" if value is None else f"is {shown(value)}"
    wanted = " or ".join(kind(name) for name in names)
    message = f"{_where(at)} {is_what}, where {wanted} is needed"
    return _Told(code="wrong-type", message=message, hint=hint)


def _where(at: Path) -> str:
    return shown(pointer(at)) if at else "the document"


def _json_type(value: object) -> str:
    return {str: "string", bool: "boolean", int: "integer", float: "number"}.get(
        type(value), "null" if value is None else "object" if isinstance(value, dict) else "array"
    )


def _other_form(error: ValidationError) -> str:
    """The form of a text where a number stands, unless quotes would make that form of it."""
    schema = error.schema if isinstance(error.schema, Mapping) else {}
    pattern, value = schema.get("pattern"), error.instance
    if not isinstance(pattern, str) or not isinstance(value, int | float):
        return ""
    return "" if re.search(pattern, str(value)) else _form(error)


def _hint_about_quotes(value: object, names: list[str]) -> str:
    if isinstance(value, str):
        if "boolean" in names and value.lower() in {"true", "false"}:
            return f"write {value.lower()} without quotes"
        if {"integer", "number"} & set(names) and value.isascii() and value.isdigit():
            return f"write {value[:20]} without quotes"
    if "string" in names and isinstance(value, int | float):
        return f'put it in quotes: "{shown(value)}"'
    return ""


def _choice(value: object, allowed: Sequence[object]) -> str:
    """What was probably meant, and all that is allowed."""
    names = [one if isinstance(one, str) else shown(one) for one in allowed]
    text = f"one of: {', '.join(names)}"
    if not isinstance(value, str) or len(value) > _LONGEST_GUESSED:
        return text
    alike = {_normal(name): name for name in names}
    near = get_close_matches(_normal(value), alike, n=1, cutoff=0.6)
    if not near:
        return text
    guess = f"did you mean '{alike[near[0]]}'?"
    return f"{guess} {text}" if len(names) <= _MOST_LISTED else guess


def _normal(name: str) -> str:
    return name.lower().replace("-", "_").replace(" ", "_")


def _form(error: ValidationError) -> str:
    """The form that a pattern demands, in the schema's words rather than the pattern's."""
    schema = error.schema if isinstance(error.schema, Mapping) else {}
    description = _in_sentence(str(schema.get("description", "")).rstrip("."))
    examples = ", ".join(str(one) for one in schema.get("examples", ())[:_EXAMPLES])
    if not description and not examples:
        return f"expected: text that matches {error.validator_value}"
    if examples and examples not in description:
        description = f"{description}, such as {examples}" if description else f"such as {examples}"
    return f"expected: {description}"


def _in_sentence(description: str) -> str:
    is_word = not description[1:2].isupper()
    return description[:1].lower() + description[1:] if is_word else description


def _instance(error: ValidationError) -> Any:
    return error.instance


def _description(error: ValidationError) -> str:
    schema = error.schema if isinstance(error.schema, Mapping) else {}
    return str(schema.get("description", ""))


def _properties(error: ValidationError) -> Mapping[str, object]:
    schema = error.schema if isinstance(error.schema, Mapping) else {}
    known = schema.get("properties", {})
    return known if isinstance(known, Mapping) else {}


def _add(error: ValidationError) -> str:
    schema = _properties(error).get(str(error.instance))
    description = str(schema.get("description", "")) if isinstance(schema, Mapping) else ""
    return f"add '{error.instance}': {description}" if description else f"add '{error.instance}'"


_TELL: Mapping[str, Callable[[ValidationError, Path, Document], _Told]] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "pattern": _pattern,
    "additionalProperties": _unknown_key,
    "required": _missing_key,
    "dependentRequired": _missing_companion,
    "uniqueItems": _duplicate_item,
    "propertyNames": _key_name,
    **dict.fromkeys(_LIMITS, _limit),
    **dict.fromkeys(_COUNTS, _count),
}
