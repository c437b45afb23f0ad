"""From an engine's confidence to a level: its own table, or thresholds of the organisation."""

from __future__ import annotations

from collections.abc import Mapping

from policyctl.core.frozen import fresh, frozen
from policyctl.core.levels import Level

Cuts = tuple[float, float, float, float]
"""The least score of L1, L2, L3 and L4; anything above zero below the last is L5."""


@frozen
class LevelTable:
    """How an organisation reads its engine.

    Attributes:
        cuts: the thresholds of detectors, by name or family; the longest name that fits counts.
        names: what the engine's own names of guardrails are called in policies.
        plain_yes: the level of a detection without a confidence. Nothing but a yes acts at every
            sensitivity, so it is the most confident one.
    """

    cuts: Mapping[str, Cuts] = fresh(default_factory=dict)
    names: Mapping[str, str] = fresh(default_factory=dict)
    plain_yes: Level = Level.L1_CONFIDENT

    def detection(self, detector: str, score: float | None, cuts: Cuts | None = None) -> Level:
        """The level of a detection.

        Args:
            detector: what detected.
            score: its number, or None.
            cuts: the engine's own thresholds, where its numbers have a meaning of their own.
        """
        if score is None:
            return self.plain_yes
        found = self.cuts_of(detector) or cuts
        return (level_of(score, found) or Level.L5_UNLIKELY) if found else self.plain_yes

    def score(self, detector: str, score: float | None) -> Level | None:
        """The level of a score by the organisation's thresholds; None without one or the other."""
        cuts = self.cuts_of(detector)
        return None if score is None or cuts is None else level_of(score, cuts)

    def cuts_of(self, detector: str) -> Cuts | None:
        """The organisation's thresholds of a detector."""
        name = detector
        while name:
            if name in self.cuts:
                return self.cuts[name]
            name = name.rpartition("/")[0]
        return self.cuts.get("*")


def level_of(score: float, cuts: Cuts) -> Level | None:
    """The level of a score; None for zero."""
    for level, least in zip(Level, cuts, strict=False):
        if score >= least:
            return level
    return Level.L5_UNLIKELY if score > 0 else None
