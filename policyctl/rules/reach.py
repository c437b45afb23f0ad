"""What a detector's name in a policy reaches: the enabled guardrails that have to do with it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from policyctl.core.covering import covers
from policyctl.core.sides import Direction

if TYPE_CHECKING:
    from policyctl.core.effective import Effective

_OF = re.compile(r" of (\S+) above ")


def reached(effective: Effective, name: str) -> tuple[Direction, ...]:
    """The directions in which an enabled guardrail decides about a detector of this name.

    A name speaks of itself and of every longer name below it, so both count: an enabled guardrail
    below the name, and the guardrail that decides about the name itself, where that is enabled.
    """
    deciding: dict[str, tuple[int, bool]] = {}
    below: set[str] = set()
    for item in effective.data["guardrails"]:
        detector, side = item["detector"], item["direction"]
        if covers(detector, name):
            # Of those that cover the name, the most specific decides.
            deciding[side] = max(deciding.get(side, (0, False)), (len(detector), item["enabled"]))
        elif item["enabled"] and covers(name, detector):
            below.add(side)
    return tuple(
        direction
        for direction in Direction
        if direction.value in below or deciding.get(direction.value, (0, False))[1]
    )


def trigger_detector(when: str) -> str:
    """The detector that an escalation trigger watches; empty if it watches all of them."""
    found = _OF.search(when)
    return found[1] if found else ""


def choices(effective: Effective) -> str:
    """A hint with the detectors of the enabled guardrails."""
    items = effective.data["guardrails"]
    names = sorted({item["detector"] for item in items if item["enabled"]})
    return f"enabled are: {', '.join(names)}" if names else "no guardrail of the policy is enabled"
