"""Durations and percentages, as people write them in a policy."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import lru_cache

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    from fractions import Fraction

_DURATION = re.compile(r"([1-9][0-9]{0,4})([hdw])\Z")
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,4})?)%\Z")
_DECIMALS = 4
WHOLE = 1_000_000
"""All of something, in millionths."""
_UNIT = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


# The same few amounts stand in most policies.
@lru_cache(maxsize=1024)
def duration(text: str) -> timedelta:
    """The time span that ``text`` names: ``36h``, ``14d`` or ``2w``.

    Raises:
        ValueError: ``text`` is not a duration.
    """
    match = _DURATION.match(text)
    if match is None:
        raise ValueError(f"'{text}' is not a duration such as 36h, 14d or 2w")
    return int(match[1]) * _UNIT[match[2]]


@lru_cache(maxsize=1024)
def share(text: str) -> Fraction:
    """The exact share between 0 and 1 that ``text`` names, such as ``2.5%``.

    Raises:
        ValueError: ``text`` is not a percentage from 0% to 100%.
    """
    # Not at the top: it loads decimal numbers, and `validate` compares millionths.
    from fractions import Fraction

    return Fraction(millionths(text), WHOLE)


@lru_cache(maxsize=1024)
def millionths(text: str) -> int:
    """The same share in millionths, which is as exact: percentages have four decimals at most.

    Raises:
        ValueError: as in `share`.
    """
    match = _PERCENT.match(text)
    if match:
        percent, _, decimals = match[1].partition(".")
        found = int(percent + decimals.ljust(_DECIMALS, "0"))
        if found <= WHOLE:
            return found
    raise ValueError(f"'{text}' is not a percentage from 0% to 100%")
