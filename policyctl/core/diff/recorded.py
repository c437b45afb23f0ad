"""Whether the ledger already holds a change, and what it still lacks."""

from __future__ import annotations

from collections.abc import Mapping

from policyctl.core.chain import Chain
from policyctl.core.frozen import fresh, frozen


@frozen
class RecordedChange:
    """What the ledger says about the content that a change leads to.

    Attributes:
        entry: the number of the entry that records it, or 0.
        missing: approvals that are still owed, by role.
        evidence: whether the entry names evidence.
        entries: how many entries lie between the two sides.
    """

    entry: int = 0
    missing: Mapping[str, int] = fresh(default_factory=dict)
    evidence: bool = False
    entries: int = 0


def recorded_change(chain: Chain | None, after: str | None, known: int) -> RecordedChange:
    """Look for the entry that binds to a content.

    Args:
        chain: the policy's chain on the side to which the change leads.
        after: sha256 of the file's bytes there, or None where it is gone.
        known: how many entries the chain had on the side from which it starts.
    """
    last = chain.last if chain else None
    if chain is None or last is None or last.entry.after != after:
        return RecordedChange()
    missing: dict[str, int] = {}
    for item in chain.entries[known:]:
        for role, count in item.missing.items():
            missing[role] = missing.get(role, 0) + count
    return RecordedChange(
        entry=last.entry.seq,
        missing=missing,
        evidence=any(item.entry.evidence for item in chain.entries[known:]),
        entries=len(chain.entries) - known,
    )
