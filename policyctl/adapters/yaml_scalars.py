"""What a plain scalar stands for by YAML 1.2, and for the YAML 1.1 readers still around."""

from __future__ import annotations

import math
import re
from functools import lru_cache

from policyctl.adapters.wording import shown
from policyctl.core.frozen import frozen

CORE = "tag:yaml.org,2002:"
_LARGEST = 2**53
_LONGEST_NUMBER = 40

_NULLS = {"", "~", "null", "Null", "NULL"}
_BOOLS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_TYPES: dict[str, type] = {"int": int, "float": float, "bool": bool, "null": type(None)}

_OLDER_BOOLS = {
    spelling: value
    for word, value in [
        *[("y", True), ("yes", True), ("on", True)],
        *[("n", False), ("no", False), ("off", False)],
    ]
    for spelling in (word, word.title(), word.upper())
}
_OLDER_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}")  # go-yaml takes single digits too
_OLDER_BASE_60 = re.compile(r"[-+]?[0-9]+(?::[0-5]?[0-9])+")  # Ruby's reader takes 0:30 too

WORDS = frozenset(_NULLS | _BOOLS.keys() | _OLDER_BOOLS.keys())
FIRST_OF_OTHERS = frozenset("-+.0123456789=<")
"""An unquoted scalar is text for every reader if it is none of the words and starts otherwise."""

# Two frequent forms that no reader takes for anything else: whole numbers, and 14d or 2.5%.
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,14}")
_MEASURE = re.compile(r"[0-9]+(?:\.[0-9]+)?[%dhw]")

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    from yaml.constructor import SafeConstructor
    from yaml.resolver import Resolver


@frozen(kw_only=False)
class Doubt:
    """Why a scalar is not accepted as it stands."""

    code: str
    message: str
    hint: str


def plain(text: str) -> tuple[object, Doubt | None]:
    """The value of an unquoted scalar by YAML 1.2's core schema, and what is doubtful about it."""
    if text not in WORDS and text[0] not in FIRST_OF_OTHERS:
        return text, None
    if _DECIMAL.fullmatch(text):
        return int(text), None
    if _MEASURE.fullmatch(text):
        return text, None
    is_number = _INTEGER.fullmatch(text) or _FLOAT.fullmatch(text)
    if is_number and len(text) > _LONGEST_NUMBER:
        return text, _too_large(text)
    value = _core_value(text)
    if isinstance(value, float) and not math.isfinite(value):
        return (text, _too_large(text)) if is_number else (text, _not_a_number(text))
    here, older = _described(value), _older_reading(text)
    if here != older:
        return value, _ambiguous(text, here, older)
    if isinstance(value, int) and abs(value) > _LARGEST:
        return value, _too_large(text)
    return value, None


def tagged(tag: str, text: str) -> tuple[object, Doubt | None]:
    """The value of a scalar with an explicit tag, and what is doubtful about it."""
    name = tag.removeprefix(CORE)
    if name in {"map", "seq"} and name != tag:
        return text, _misfit(tag, shown(text))
    if name == tag or name not in {"str", *_TYPES}:
        return text, _unknown_tag(tag)
    if name == "str":
        return text, None
    value, doubt = plain(text)
    if name == "float" and type(value) is int:
        value = float(value)
    if doubt is None and type(value) is not _TYPES[name]:
        doubt = _misfit(tag, shown(text))
    return value, doubt


def doubt_of_tag(tag: str | None, name: str) -> Doubt | None:
    """What is doubtful about the tag of a list (``seq``) or mapping (``map``)."""
    if tag is None or tag == CORE + name:
        return None
    if tag in {CORE + other for other in ("map", "seq", "str", *_TYPES)}:
        return _misfit(tag, "a mapping" if name == "map" else "a list")
    return _unknown_tag(tag)


def _core_value(text: str) -> object:
    if text in _NULLS:
        return None
    if text in _BOOLS:
        return _BOOLS[text]
    if _INTEGER.fullmatch(text):
        base = {"0o": 8, "0x": 16}.get(text[:2], 10)
        return int(text[2:] if base != 10 else text, base)  # noqa: PLR2004 - ten digits
    if _FLOAT.fullmatch(text):
        return float(text)
    if _NOT_FINITE.fullmatch(text):
        return float(text.replace(".", ""))
    return text


def _described(value: object) -> str:
    match value:
        case str():
            return "text"
        case int() | float() if not isinstance(value, bool):
            return f"the number {value}"
        case _:
            return shown(value)


def _older_reading(text: str) -> str:
    """What PyYAML, the YAML 1.1 specification and go-yaml between them take a scalar for."""
    if text in _OLDER_BOOLS:
        return _described(_OLDER_BOOLS[text])
    if _OLDER_DATE.fullmatch(text):
        return "a date"
    resolver, constructor = _older_reader()
    from yaml.nodes import ScalarNode

    resolved: str = resolver.resolve(ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    tag = resolved.removeprefix(CORE)
    if tag == "str":
        return "a time" if _OLDER_BASE_60.fullmatch(text) else "text"
    others = {"timestamp": "a date", "merge": "the merge key", "value": "the default value's key"}
    if tag in others:
        return others[tag]
    if len(text) > _LONGEST_NUMBER:
        return "a number"
    read = getattr(constructor, f"construct_yaml_{tag}")
    try:
        return _described(read(ScalarNode(CORE + tag, text)))
    except ValueError:  # it matches the pattern, such as 0b_, and is no number after all
        return "a broken number"


@lru_cache(maxsize=1)
def _older_reader() -> tuple[Resolver, SafeConstructor]:
    # Not at the top: few values look as if an older reader could take them for something else.
    from policyctl.adapters import pyyaml_start  # noqa: F401, I001 - before anything imports yaml
    from yaml.constructor import SafeConstructor
    from yaml.resolver import Resolver

    return Resolver(), SafeConstructor()


def _ambiguous(text: str, here: str, older: str) -> Doubt:
    values = [
        reading.removeprefix("the number ")
        for reading in (here, older)
        if reading in {"true", "false", "null"} or reading.startswith("the number ")
    ]
    quote = "put it in quotes if it is meant as text" if here != "text" else "put it in quotes"
    return Doubt(
        code="ambiguous-scalar",
        message=f"{shown(text)} is {here} here, and {older} for an older YAML reader",
        hint=", or ".join([quote, *(f"write {value}" for value in values[:1])]),
    )


def _too_large(text: str) -> Doubt:
    return Doubt(
        code="number-too-large",
        message=f"{shown(text)} is larger than numbers that every reader keeps exactly (2^53)",
        hint="put it in quotes if it is meant as text",
    )


def _not_a_number(text: str) -> Doubt:
    return Doubt(
        code="not-a-number",
        message=f"{shown(text)} is not a number that can be compared",
        hint="write a number, or put it in quotes if it is meant as text",
    )


def _unknown_tag(tag: str) -> Doubt:
    return Doubt(
        code="unknown-tag",
        message=f"the tag {shown(tag.replace(CORE, '!!'))} is not one of YAML's core tags",
        hint="remove the tag",
    )


def _misfit(tag: str, what: str) -> Doubt:
    return Doubt(
        code="unknown-tag",
        message=f"the tag '{tag.replace(CORE, '!!')}' does not fit {what}",
        hint="remove the tag",
    )
