"""Whether a regular expression can be compiled: read by Python's own parser, never executed."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from sys import modules

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    from typing import Any

# `re` has loaded it. It has no public name, and typeshed knows it only in some versions.
_parser = modules["re._parser"]

LONGEST = 500
"""How many characters an expression may have."""

DEEPEST = 50
"""How many groups, repetitions and choices may stand inside each other."""

UNLIMITED: int = _parser.MAXREPEAT


def parse(text: str) -> tuple[Any, bool]:
    """The parser's tree, and whether Python warns that other engines read a set differently.

    The tree is not compiled: the compiler works through sets character by character.

    Raises:
        ValueError: Python cannot compile it, or it is too long or nests too deeply to be judged.
    """
    if len(text) > LONGEST:
        raise ValueError(f"it is longer than {LONGEST} characters")
    try:
        with warnings.catch_warnings(record=True) as noted:
            warnings.simplefilter("always")
            raw = _parser.parse(text)
        _check(raw, 1)
    except re.error as error:
        place = "" if error.pos is None else f" at character {error.pos + 1}"
        raise ValueError(f"{error.msg}{place}") from error
    except RecursionError as error:
        raise ValueError(f"it nests deeper than {DEEPEST}") from error
    except OverflowError as error:
        raise ValueError(str(error)) from error
    return raw, any(issubclass(item.category, FutureWarning) for item in noted)


def compile_problem(text: str) -> str:
    """Why an expression cannot be compiled; empty if it can."""
    try:
        parse(text)
    except ValueError as error:
        return str(error)
    return ""


def _check(raw: Any, depth: int) -> None:
    """Check what the parser leaves to the compiler, and the depth."""
    if depth > DEEPEST:
        raise RecursionError
    for name, value in raw:
        if str(name) in ("ASSERT", "ASSERT_NOT") and value[0] < 0:
            least, most = value[1].getwidth()
            if least != most:
                raise re.error("look-behind requires fixed-width pattern")
        for body in _bodies(value):
            _check(body, depth + 1)


def _bodies(value: Any) -> Iterator[Any]:
    """The trees that stand in a value of the raw tree."""
    if isinstance(value, _parser.SubPattern):
        yield value
    elif isinstance(value, tuple | list):
        for part in value:
            yield from _bodies(part)
