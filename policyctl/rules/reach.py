"""What a detector's name in a policy reaches: the enabled guardrails that have to do with it."""

from __future__ import annotations

import re

from policyctl.core.sides import Direction

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    from policyctl.core.effective import Effective

_OF = re.compile(r" of (\S+) above ")
_SIDES = tuple((side, side.value) for side in Direction)  # an enum takes a microsecond each time


def reached(effective: Effective, name: str) -> tuple[Direction, ...]:
    """The directions in which an enabled guardrail decides about a detector of this name.

    A name speaks of itself and of every longer name below it, so both count: an enabled guardrail
    below the name, and the guardrail that decides about the name itself, where that is enabled.
    """
    reaches = effective.reach.reaches
    return tuple([side for side, word in _SIDES if reaches(name, word)])


def trigger_detector(when: str) -> str:
    """The detector that an escalation trigger watches; empty if it watches all of them."""
    found = _OF.search(when)
    return found[1] if found else ""


def choices(effective: Effective) -> str:
    """A hint with the detectors of the enabled guardrails."""
    items = effective.data["guardrails"]
    names = sorted({item["detector"] for item in items if item["enabled"]})
    return f"enabled are: {', '.join(names)}" if names else "no guardrail of the policy is enabled"
