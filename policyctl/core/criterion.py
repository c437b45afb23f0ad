"""One thing that a gate asks for, its outcome, and how numbers are worded in its sentence."""

from __future__ import annotations

import math
from collections.abc import Iterable
from enum import Enum
from fractions import Fraction

from policyctl.core.frozen import frozen


class Outcome(Enum):
    """What the evidence says."""

    MET = "met"
    NOT_MET = "not_met"
    UNDECIDED = "undecided"


@frozen
class Criterion:
    """One thing that the gate asks for.

    Attributes:
        sentence: what is true, and what is missing.
        value: what was measured; an integer counts, a float is a share of 0 to 1.
        bound: the confidence bound of the value on which the outcome rests, or None.
        limit: what the gate asks for, or None.
        need: how many more days, evaluations or reviews are missing, or None where nothing is
            missing or no number helps.
        stratum: the guardrail and application that it is about, or empty for all.
    """

    name: str
    outcome: Outcome
    sentence: str
    value: int | float | None = None
    bound: float | None = None
    limit: int | float | None = None
    need: int | None = None
    stratum: str = ""


def verdict(criteria: Iterable[Criterion]) -> Outcome:
    """The outcome of all criteria: met only if each is, not met if one is not."""
    outcomes = {criterion.outcome for criterion in criteria}
    if Outcome.NOT_MET in outcomes:
        return Outcome.NOT_MET
    return Outcome.MET if outcomes == {Outcome.MET} else Outcome.UNDECIDED


def met(condition: bool) -> Outcome:
    """Met if the condition holds; else it has not been shown yet."""
    return Outcome.MET if condition else Outcome.UNDECIDED


def counted(count: int, noun: str) -> str:
    """A count with its noun."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def percent(share: Fraction) -> str:
    """A share as the policy would write it."""
    return f"{float(100 * share):.6g}%"


def at_most(share: Fraction | float) -> str:
    """An upper bound for people, rounded up so that it stays one."""
    return f"{math.ceil(share * 10_000) / 100:.2f}%"


def at_least(share: float) -> str:
    """A lower bound for people, rounded down so that it stays one."""
    return f"{math.floor(share * 10_000) / 100:.2f}%"


def left_in_window(need: int, unreviewed: int) -> str:
    """What to add to a sentence if the window does not hold the reviews that are missing."""
    if need <= unreviewed:
        return ""
    left = f"only {unreviewed}" if unreviewed else "no"
    noun = "detection is" if unreviewed == 1 else "detections are"
    return f" ({left} unreviewed {noun} left in the window: record for longer or widen the scope)"
