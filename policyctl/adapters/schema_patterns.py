"""Patterns of JSON Schema, read strictly."""

from __future__ import annotations

import functools
import re

_TOKEN = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|\$|\.", re.DOTALL)
_ECMA = {"$": r"\Z", ".": "[^\n\r\u2028\u2029]"}


@functools.cache
def strict(pattern: str) -> re.Pattern[str]:
    r"""The pattern as JSON Schema means it: ``$`` is the very end, ``\d`` and ``\w`` are ASCII."""
    return re.compile(_TOKEN.sub(lambda found: _ECMA.get(found[0], found[0]), pattern), re.ASCII)
