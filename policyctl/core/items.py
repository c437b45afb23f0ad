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
}
"""How strict each value of a gate is: the larger number asks for more evidence."""


@lru_cache(maxsize=1024, typed=True)
def strictness(key: str, value: str | int) -> Fraction:
    """How strict a value of a gate is."""
    return GATE_STRICTNESS[key](value)
