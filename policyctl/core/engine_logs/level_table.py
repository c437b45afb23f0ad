"""From an engine's confidence to a level: its own table, or thresholds of the organisation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from policyctl.core.detectors import is_known, suggestions
from policyctl.core.frozen import fresh, frozen
from policyctl.core.levels import Level
from policyctl.errors import InputError

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


def table_from(data: Mapping[str, Any]) -> LevelTable:
    """The table that a document describes, as its schema accepts it.

    Raises:
        InputError: its thresholds do not fall, or it names what policies cannot.
    """
    scores, names = data.get("scores", {}), data.get("names", {})
    for name in (*names.values(), *(name for name in scores if name != "*")):
        if not is_known(name):
            near = "".join(f", did you mean '{one}'?" for one in suggestions(name)[:1])
            raise InputError(f"'{name}' is no detector that policies know{near}")
    return LevelTable(
        cuts={name: _cuts(name, cuts) for name, cuts in scores.items()},
        names=names,
        plain_yes=Level(int(data.get("plain_yes", "L1")[1:])),
    )


def _cuts(name: str, scores: Mapping[str, float]) -> Cuts:
    cuts = scores["L1"], scores["L2"], scores["L3"], scores["L4"]
    if not cuts[0] >= cuts[1] >= cuts[2] >= cuts[3] > 0:
        raise InputError(
            f"the scores of '{name}' do not fall from L1 to L4",
            hint="L1 is the most confident, so it asks for the highest score",
        )
    return cuts


def level_of(score: float, cuts: Cuts) -> Level | None:
    """The level of a score; None for zero."""
    for level, least in zip(Level, cuts, strict=False):
        if score >= least:
            return level
    return Level.L5_UNLIKELY if score > 0 else None
