"""Which floors of governance get looser or tighter: gates, appetite, emergencies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from policyctl.core.items import strictness
from policyctl.core.quantities import duration
from policyctl.core.trust_root import TrustRoot

_UNSAID = {"inference": "anytime", "promote": "all"}
"""What holds where nothing is said of it."""


def floor_changes(before: TrustRoot, after: TrustRoot) -> Iterator[tuple[str, str, str]]:
    """Topic, sentence and effect of each difference in gates, appetite and emergencies."""
    yield from _gates(before, after)
    yield from _appetite(before, after)
    old, new = before.emergency, after.emergency
    if old == new:
        return
    if new is None:
        yield "emergency", "nobody may step back in an emergency any more", "tighter"
        return
    text = f"role '{new.role}' may step back at once, with full approval within {new.within}"
    was = f" (was role '{old.role}' within {old.within})" if old else ""
    yield "emergency", text + was, _emergency_effect(before, after)


def _emergency_effect(before: TrustRoot, after: TrustRoot) -> str:
    old, new = before.emergency, after.emergency
    if old is None or new is None:
        return "looser"
    if old.role != new.role:
        return "neutral"
    return "looser" if duration(new.within) > duration(old.within) else "tighter"


def _gates(before: TrustRoot, after: TrustRoot) -> Iterator[tuple[str, str, str]]:
    for stage in sorted({*before.gates, *after.gates}):
        old, new = before.gates.get(stage, {}), after.gates.get(stage, {})
        for name in sorted({*old, *new}):
            was, will = old.get(name), new.get(name)
            if was != will:
                shown = "nothing" if will is None else will
                said = f"a promotion to {stage} asks for {name.replace('_', ' ')} {shown}"
                earlier = "nothing" if was is None else was
                yield "gates", f"{said} (was {earlier})", _gate_effect(name, was, will)


def _gate_effect(name: str, was: Any, will: Any) -> str:
    if name in _UNSAID:
        old, new = (strictness(name, value or _UNSAID[name]) for value in (was, will))
        return "neutral" if old == new else "looser" if new < old else "tighter"
    if was is None or will is None:
        return "tighter" if was is None else "looser"
    return "looser" if strictness(name, will) < strictness(name, was) else "tighter"


def _appetite(before: TrustRoot, after: TrustRoot) -> Iterator[tuple[str, str, str]]:
    for use_case in sorted({*before.appetite, *after.appetite}):
        old, new = before.appetite.get(use_case, {}), after.appetite.get(use_case, {})
        for data in sorted({*old, *new}):
            was, will = old.get(data, ()), new.get(data, ())
            if set(was) != set(will):
                text = (
                    f"{use_case} with {data} data may run at {_levels(will)} (was {_levels(was)})"
                )
                yield "appetite", text, _appetite_effect(was, will)


def _levels(levels: tuple[str, ...]) -> str:
    return ", ".join(levels) or "any sensitivity"


def _appetite_effect(was: tuple[str, ...], will: tuple[str, ...]) -> str:
    if not was or not will:  # where governance decided nothing, everything is acceptable
        return "tighter" if will else "looser"
    if set(was) < set(will):
        return "looser"
    return "tighter" if set(will) < set(was) else "neutral"
