"""Which guardrail decides about a detector."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policyctl.core.policy import Guardrail
    from policyctl.core.sides import Direction


# Rules ask it a thousand times for each policy, about the same few detectors.
@lru_cache(maxsize=4096)
def covers(name: str, detector: str) -> bool:
    """True if ``name`` is the detector or a family that the detector belongs to."""
    return detector == name or detector.startswith(name + "/")


def covering(
    guardrails: Iterable[Guardrail], detector: str, direction: Direction
) -> Guardrail | None:
    """The guardrail that decides about a detector: of those that cover it, the most specific."""
    fitting = [
        guardrail
        for guardrail in guardrails
        if guardrail.direction is direction and covers(guardrail.detector, detector)
    ]
    return max(fitting, key=lambda guardrail: len(guardrail.detector), default=None)
