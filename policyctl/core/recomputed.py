"""Evidence that was computed again from records, and what verification says of it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from policyctl.core.finding import Finding
from policyctl.core.frozen import frozen
from policyctl.core.snapshot import violation


class Agreement(Enum):
    """How recomputed evidence compares with what was recorded."""

    SAME = "same"
    DIFFERS = "differs"
    UNKNOWN = "not_judged"


@frozen
class Recomputed:
    """One promotion's evidence, computed again.

    Attributes:
        differing: the parts of the report that differ.
        reason: why it could not be computed again.
    """

    policy: str
    entry: int
    path: str
    agreement: Agreement
    differing: tuple[str, ...] = ()
    reason: str = ""

    @property
    def judged(self) -> bool:
        """True if it could be computed again."""
        return self.agreement is not Agreement.UNKNOWN

    @property
    def finding(self) -> Finding | None:
        """What verification says of evidence that is not what the records say."""
        if self.agreement is not Agreement.DIFFERS:
            return None
        parts = ", ".join(self.differing)
        return violation(
            "EVIDENCE_NOT_REPRODUCED",
            f"{self.path} is not what the records say: {parts} differ",
            file=self.path,
            policy=self.policy,
            entry=self.entry,
        )


def not_judged(found: Iterable[Recomputed]) -> tuple[Finding, ...]:
    """What has to be said where no evidence at all could be computed again."""
    if any(item.judged for item in found):
        return ()
    return (violation("EVIDENCE_NOT_JUDGED", "no promotion rests on the records that were given"),)
