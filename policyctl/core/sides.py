"""On which side of the model a guardrail stands, and what it does there."""

from __future__ import annotations

from enum import Enum


class Direction(Enum):
    """The side of the model that is checked."""

    INPUT = "input"
    OUTPUT = "output"

    # There is one object of each. Hashing their names takes half as long as to count a record.
    __hash__ = object.__hash__


class Action(Enum):
    """What happens to a detection where the stage lets the guardrail act."""

    BLOCK = "block"
    REDACT = "redact"
