"""How values from a document look inside a message: short, on one line, without surprises."""

from __future__ import annotations

_LONGEST = 60
_MOST_BITS = 128
_KINDS = {
    "object": "a mapping",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}


def shown(value: object) -> str:
    """The value as a message quotes it: text in quotes, at most 60 characters of it."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return f"'{_short(value)}'"
        case dict():
            return "a mapping"
        case list():
            return "a list"
        case int() if value.bit_length() > _MOST_BITS:
            # Python refuses to write out more than 4,300 digits.
            return "a very large number"
        case _:
            return _short(str(value))


def _short(text: str) -> str:
    if len(text) > _LONGEST:
        text = text[: _LONGEST - 1] + "…"
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


def kind(json_type: str) -> str:
    """The name that people have for a type of JSON Schema."""
    return _KINDS.get(json_type, json_type)
