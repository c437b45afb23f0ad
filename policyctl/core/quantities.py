"""Durations and percentages, as people write them in a policy."""

from __future__ import annotations

import re
from datetime import timedelta
from fractions import Fraction
from functools import lru_cache

_DURATION = re.compile(r"([1-9][0-9]{0,4})([hdw])\Z")
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,4})?)%\Z")
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
    match = _PERCENT.match(text)
    value = Fraction(match[1]) / 100 if match else Fraction(2)
    if value > 1:
        raise ValueError(f"'{text}' is not a percentage from 0% to 100%")
    return value
