"""What the items of a policy document say by themselves, before anything is joined."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any

from policyctl.core.quantities import duration, share

_DIRECTIONS = ("input", "output")


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


GATE_STRICTNESS: Mapping[str, Callable[[Any], Fraction]] = {
    "window": lambda value: Fraction(duration(value).total_seconds()),
    "records": Fraction,
    "reviewed": Fraction,
    "false_positives": lambda value: -share(value),
    "confidence": share,
    "inference": lambda value: Fraction(value == "anytime"),
    "completeness": share,
    "flag_rate": lambda value: -share(value),
    "harm": lambda value: -Fraction(value),
    "weekly_change": lambda value: -share(value),
    "daily_variation": lambda value: -share(value),
    "mix_shift": lambda value: -share(value),
    "excepted": lambda value: -share(value),
    "exceptions_frozen": lambda value: Fraction(duration(value).total_seconds()),
    "limited_blocked": share,
    "newly_blocked": lambda value: -Fraction(value),
    "reviewers": Fraction,
    "reviewed_twice": share,
    "agreement": share,
}
"""How strict each value of a gate is: the larger number asks for more evidence."""

LOWER_IS_STRICTER = frozenset({
    "false_positives", "flag_rate", "harm", "weekly_change", "daily_variation", "mix_shift",
    "excepted", "newly_blocked",
})  # fmt: skip
"""The values of a gate of which the smaller number asks for more evidence."""


@lru_cache(maxsize=1024, typed=True)
def strictness(key: str, value: str | int) -> Fraction:
    """How strict a value of a gate is."""
    return GATE_STRICTNESS[key](value)
