"""What a detector's name in a policy reaches: the enabled guardrails that have to do with it."""

from __future__ import annotations

import re

from policyctl.core.covering import covering, covers
from policyctl.core.policy import Direction, Policy

_OF = re.compile(r" of (\S+) above ")


def reached(policy: Policy, name: str) -> tuple[Direction, ...]:
    """The directions in which an enabled guardrail decides about a detector of this name.

    A name speaks of itself and of every longer name below it, so both count: an enabled guardrail
    below the name, and the guardrail that decides about the name itself, where that is enabled.
    """
    return tuple(direction for direction in Direction if _decides(policy, name, direction))


def trigger_detector(when: str) -> str:
    """The detector that an escalation trigger watches; empty if it watches all of them."""
    found = _OF.search(when)
    return found[1] if found else ""


def choices(policy: Policy) -> str:
    """A hint with the detectors of the enabled guardrails."""
    names = sorted({guardrail.detector for guardrail in policy.guardrails if guardrail.enabled})
    return f"enabled are: {', '.join(names)}" if names else "no guardrail of the policy is enabled"


def _decides(policy: Policy, name: str, direction: Direction) -> bool:
    above = covering(policy.guardrails, name, direction)
    if above is not None and above.enabled:
        return True
    return any(
        guardrail.enabled and guardrail.direction is direction and covers(name, guardrail.detector)
        for guardrail in policy.guardrails
    )
