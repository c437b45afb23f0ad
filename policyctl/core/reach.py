"""Which detectors the enabled guardrails of a policy have to do with."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from policyctl.core.sides import Direction

_Switch = tuple[str, str, bool]
"""A guardrail's detector, its direction, and whether it is enabled."""

_SIDES = tuple((side, side.value) for side in Direction)  # an enum takes a microsecond each time


class Reach:
    """The guardrails of one policy in force, by what they decide about."""

    def __init__(self, switches: Iterable[_Switch]) -> None:
        self._is_enabled: dict[tuple[str, str], bool] = {}
        self._above: set[tuple[str, str]] = set()
        self._found: dict[str, tuple[Direction, ...]] = {}
        for detector, side, is_enabled in switches:
            self._is_enabled[detector, side] = is_enabled
            if is_enabled:
                for family in _families(detector):
                    self._above.add((family, side))

    def directions(self, name: str) -> tuple[Direction, ...]:
        """The directions in which an enabled guardrail decides about a detector of this name.

        A name speaks of itself and of every longer name below it, so both count: an enabled
        guardrail below the name, and the guardrail that decides about the name itself, where that
        is enabled.
        """
        found = self._found.get(name)
        if found is None:
            found = tuple([side for side, word in _SIDES if self._reaches(name, word)])
            self._found[name] = found
        return found

    def _reaches(self, name: str, side: str) -> bool:
        if (name, side) in self._above:
            return True
        for one in (name, *_families(name)):
            if (one, side) in self._is_enabled:
                # Of the guardrails that cover the name itself, the most specific decides.
                return self._is_enabled[one, side]
        return False


@lru_cache(maxsize=256)
def reach_of(switches: tuple[_Switch, ...]) -> Reach:
    """The reach of guardrails; policies that extend the same baseline have mostly the same."""
    return Reach(switches)


# The same few detectors stand in all policies.
@lru_cache(maxsize=4096)
def _families(detector: str) -> tuple[str, ...]:
    """The families that a detector belongs to, the narrowest first."""
    found = []
    family = detector.rpartition("/")[0]
    while family:
        found.append(family)
        family = family.rpartition("/")[0]
    return tuple(found)
