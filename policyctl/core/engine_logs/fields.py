"""Fields of foreign JSON: there and of the kind expected, absent, or a reason to refuse the line.

Reasons name fields of the engine's format and never quote what they hold.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import cast

from policyctl.core.detectors import is_known
from policyctl.core.unusable import UnusableError

Fields = Mapping[str, object]

_OTHER = re.compile(r"[^a-z0-9]+")
_LONGEST_NAME = 100


def text(data: Fields, *names: str) -> str:
    """The first of these fields that is there and not null, as text; empty without one."""
    for name in names:
        value = data.get(name)
        if isinstance(value, str):
            return value
        if value is not None:
            raise UnusableError(f"'{name}' is not text")
    return ""


def flag(data: Fields, name: str) -> bool | None:
    """A field that is true, false, or absent."""
    value = data.get(name)
    if value is None or isinstance(value, bool):
        return value
    raise UnusableError(f"'{name}' is neither true nor false")


def number(data: Fields, name: str) -> float | None:
    """A field that is a number or absent."""
    value = data.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UnusableError(f"'{name}' is not a number")
    return float(value)


def part(data: Fields, *names: str) -> Fields:
    """The first of these fields that is there and not null, as an object; empty without one."""
    for name in names:
        value = data.get(name)
        if isinstance(value, dict):
            return value
        if value is not None:
            raise UnusableError(f"'{name}' is not an object")
    return {}


def parts(data: Fields, *names: str) -> tuple[Fields, ...]:
    """The objects in the first of these lists that is there; none without one."""
    for name in names:
        value = data.get(name)
        if isinstance(value, list) and all(isinstance(item, dict) for item in value):
            return tuple(value)
        if value is not None:
            raise UnusableError(f"'{name}' is not a list of objects")
    return ()


def objects(data: Fields) -> tuple[tuple[str, Fields], ...]:
    """The fields that are objects, by name."""
    return tuple((name, cast("Fields", it)) for name, it in data.items() if isinstance(it, dict))


def slug(name: str) -> str:
    """A name as part of a detector's: small letters, digits and underscores."""
    return _OTHER.sub("_", name.lower()).strip("_")[:_LONGEST_NAME] or "unnamed"


def detector_named(name: str) -> str:
    """A detector by the name an engine gives it, or else a check of the organisation's own."""
    spelt = "/".join(slug(piece) for piece in name.split("/"))
    return spelt if is_known(spelt) else f"custom/{slug(name)}"
