"""What a check finds and does not report as a finding."""

from __future__ import annotations

from policyctl.core.finding import Finding
from policyctl.core.frozen import frozen


@frozen
class Fixed:
    """A finding that was cured, and the text that cured it."""

    finding: Finding
    value: str


@frozen
class Unreported:
    """What `lint` found and does not report as findings.

    Attributes:
        suppressed: how many findings a comment exempts.
        known: how many findings stand in the baseline of findings.
        fixed: those that are cured.
    """

    suppressed: int = 0
    known: int = 0
    fixed: tuple[Fixed, ...] = ()
