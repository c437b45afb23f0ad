"""Which detectors the enabled guardrails of a policy have to do with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    from typing import Any


class Reach:
    """The guardrails of one policy in force, by what they decide about."""

    def __init__(self, guardrails: Iterable[Mapping[str, Any]]) -> None:
        self._is_enabled: dict[tuple[str, str], bool] = {}
        self._above: set[tuple[str, str]] = set()
        for item in guardrails:
            detector, side = item["detector"], item["direction"]
            self._is_enabled[detector, side] = item["enabled"]
            if item["enabled"]:
                for family in _families(detector):
                    self._above.add((family, side))

    def reaches(self, name: str, side: str) -> bool:
        """True if an enabled guardrail decides about a detector of this name, or one below it.

        Of the guardrails that cover the name itself, the most specific decides.
        """
        if (name, side) in self._above:
            return True
        for one in (name, *_families(name)):
            if (one, side) in self._is_enabled:
                return self._is_enabled[one, side]
        return False


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
