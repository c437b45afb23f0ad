"""What the items of a policy document say by themselves, before anything is joined."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from datetime import timedelta
from functools import lru_cache

from policyctl.core.quantities import duration, millionths

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    from typing import Any

_DIRECTIONS = ("input", "output")
_HOUR = timedelta(hours=1)


def missing(own: Mapping[str, Any], baseline: Mapping[str, Any] | None) -> tuple[str, ...]:
    """The values that every policy needs and neither document gives."""
    base: Mapping[str, Any] = baseline or {}
    absent = [key for key in ("sensitivity",) if key not in own and key not in base]
    if not own.get("guardrails") and not base.get("guardrails"):
        absent.append("guardrails")
    return tuple(absent)


def directions(item: Mapping[str, Any], existing: Container[tuple[str, str]] = ()) -> list[str]:
    """The directions that a guardrail item speaks of.

    One that names no direction speaks of every direction in which the baseline has the detector,
    and of both if it has none.
    """
    if "direction" in item:
        return [item["direction"]]
    detector = item["detector"]
    known = [direction for direction in _DIRECTIONS if (detector, direction) in existing]
    return known or list(_DIRECTIONS)


GATE_STRICTNESS: Mapping[str, Callable[[Any], int]] = {
    "window": lambda value: duration(value) // _HOUR,
    "records": int,
    "reviewed": int,
    "false_positives": lambda value: -millionths(value),
    "confidence": millionths,
    "inference": lambda value: int(value == "anytime"),
    "completeness": millionths,
    "flag_rate": lambda value: -millionths(value),
    "harm": lambda value: -int(value),
    "weekly_change": lambda value: -millionths(value),
    "daily_variation": lambda value: -millionths(value),
    "mix_shift": lambda value: -millionths(value),
    "excepted": lambda value: -millionths(value),
    "exceptions_frozen": lambda value: duration(value) // _HOUR,
    "limited_blocked": millionths,
    "newly_blocked": lambda value: -int(value),
    "reviewers": int,
    "reviewed_twice": millionths,
    "agreement": millionths,
    "repeatable": millionths,
    "expires": lambda value: -(duration(value) // _HOUR),
    "exception_hits": lambda value: -millionths(value),
    "promote": lambda value: int(value == "subset"),
}
"""How strict each value of a gate is: the larger number asks for more evidence."""

LOWER_IS_STRICTER = frozenset({
    "false_positives", "flag_rate", "harm", "weekly_change", "daily_variation", "mix_shift",
    "excepted", "newly_blocked", "exception_hits", "expires",
})  # fmt: skip
"""The values of a gate of which the smaller number asks for more evidence."""


@lru_cache(maxsize=1024, typed=True)
def strictness(key: str, value: str | int) -> int:
    """How strict a value of a gate is."""
    return GATE_STRICTNESS[key](value)
