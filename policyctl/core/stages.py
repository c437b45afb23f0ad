"""The stages of a rollout and the steps between them."""

from __future__ import annotations

from enum import Enum


class Stage(Enum):
    """How far a policy's guardrails act on traffic."""

    LOGGING = "logging"
    LIMITED = "limited"
    ENFORCE = "enforce"

    @property
    def rank(self) -> int:
        """The place in the order of the rollout, from 0."""
        return _ORDER.index(self)

    @property
    def following(self) -> Stage | None:
        """The stage that comes next, or None after the last."""
        return _ORDER[self.rank + 1] if self.rank + 1 < len(_ORDER) else None


_ORDER = (Stage.LOGGING, Stage.LIMITED, Stage.ENFORCE)


def is_promotion(before: Stage, after: Stage) -> bool:
    """True if the step goes exactly one stage forward: a stage is never skipped."""
    return after.rank == before.rank + 1


def is_demotion(before: Stage, after: Stage) -> bool:
    """True if the step goes back; the way back may skip a stage."""
    return after.rank < before.rank
