"""Whether a change lets less through, or more."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class Effect(Enum):
    """What a change does to the protection that a policy gives.

    - ``TIGHTER``: nothing that was stopped is let through, at any stage, and something that was
      let through may be stopped.
    - ``LOOSER``: the other way round.
    - ``MIXED``: some of both.
    - ``NEUTRAL``: every decision stays as it was.
    - ``UNKNOWN``: no record of detections can tell, as where a regular expression is another one.
    """

    NEUTRAL = "neutral"
    TIGHTER = "tighter"
    LOOSER = "looser"
    MIXED = "mixed"
    UNKNOWN = "unknown"

    @property
    def may_weaken(self) -> bool:
        """True unless the change surely lets nothing more through."""
        return self in (Effect.LOOSER, Effect.MIXED, Effect.UNKNOWN)


def together(effects: Iterable[Effect]) -> Effect:
    """The effect of several changes at once.

    What surely loosens is never hidden behind what is unknown, and what is unknown never behind
    what tightens.
    """
    found = set(effects)
    if Effect.MIXED in found or {Effect.TIGHTER, Effect.LOOSER} <= found:
        return Effect.MIXED
    order = (Effect.LOOSER, Effect.UNKNOWN, Effect.TIGHTER)
    return next((effect for effect in order if effect in found), Effect.NEUTRAL)


def pointwise(steps: Iterable[tuple[int, int]]) -> Effect:
    """The effect of going from the first to the second of each pair; higher is stricter."""
    signs = {(after > before) - (after < before) for before, after in steps}
    if {1, -1} <= signs:
        return Effect.MIXED
    if 1 in signs:
        return Effect.TIGHTER
    return Effect.LOOSER if -1 in signs else Effect.NEUTRAL


def ordered(before: object, after: object, *, stricter: bool) -> Effect:
    """The effect where two values differ, and it is known which of them is the stricter one."""
    if before == after:
        return Effect.NEUTRAL
    return Effect.TIGHTER if stricter else Effect.LOOSER


def members(before: Iterable[object], after: Iterable[object]) -> Effect:
    """The effect of another list where each member adds protection."""
    old, new = set(before), set(after)
    return pointwise([(0, int(bool(new - old))), (int(bool(old - new)), 0)])
