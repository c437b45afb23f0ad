"""How confident a detection is, and how sensitive a guardrail."""

from __future__ import annotations

from enum import IntEnum


class Level(IntEnum):
    """The confidence of a detection; a smaller number is more confident."""

    L1_CONFIDENT = 1
    L2_VERY_LIKELY = 2
    L3_LIKELY = 3
    L4_LESS_LIKELY = 4
    L5_UNLIKELY = 5

    @classmethod
    def named(cls, name: str) -> Level:
        """The level called ``name``, as in ``l2_very_likely``.

        Raises:
            KeyError: there is no such level.
        """
        return _LEVELS[name]

    @property
    def label(self) -> str:
        """The level as records spell it."""
        return self.name.lower()


_LEVELS = {level.name.lower(): level for level in Level}


class Sensitivity(IntEnum):
    """The dial of a guardrail: ``Lk`` flags every level that is ``k`` or more confident."""

    L1 = 1
    L2 = 2
    L3 = 3
    L4 = 4

    def flags(self, level: Level) -> bool:
        """True if a detection of this level counts at this sensitivity."""
        return level <= self
