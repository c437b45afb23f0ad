"""Unquoted scalars that every reader understands alike, and quickly told."""

from __future__ import annotations

from functools import lru_cache

from policyctl.adapters.yaml_scalars import plain

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    from typing import Any

_LONGEST_REMEMBERED = 40


class UnusualError(Exception):
    """The text has to be read with more care."""


def certain(text: str) -> Any:
    """The value of an unquoted scalar.

    Raises:
        UnusualError: it is doubtful.
    """
    value, is_doubtful = _remembered(text) if len(text) <= _LONGEST_REMEMBERED else _judged(text)
    if is_doubtful:
        raise UnusualError
    return value


def _judged(text: str) -> tuple[object, bool]:
    value, doubt = plain(text)
    return value, doubt is not None


# The same few words and numbers stand in most policies.
_remembered = lru_cache(maxsize=1024)(_judged)
