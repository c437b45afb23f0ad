"""What rules say about the detectors that triggers watch and that guardrails are enabled for."""

from __future__ import annotations

import re
from functools import lru_cache

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    from policyctl.core.effective import Effective

_OF = re.compile(r" of (\S+) above ")


# Its two rules ask for the same texts.
@lru_cache(maxsize=1024)
def trigger_detector(when: str) -> str:
    """The detector that an escalation trigger watches; empty if it watches all of them."""
    found = _OF.search(when)
    return found[1] if found else ""


def choices(effective: Effective) -> str:
    """A hint with the detectors of the enabled guardrails."""
    items = effective.data["guardrails"]
    names = sorted({item["detector"] for item in items if item["enabled"]})
    return f"enabled are: {', '.join(names)}" if names else "no guardrail of the policy is enabled"
