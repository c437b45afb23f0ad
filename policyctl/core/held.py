"""A chain by its digests: what is left of one when only losses and additions matter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from policyctl.core.entry import ChangeAction
from policyctl.core.frozen import frozen
from policyctl.core.recorded import Recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldEntry:
    """An entry that a ledger held, by its digests.

    Attributes:
        entry: sha256 of the entry's bytes.
        signatures: sha256 of each of its signature files, by path.
        settled: whether every approval was there; then the signatures stay as they are.
        binding: whether the entry can no longer be withdrawn: it is settled, or it took effect
            at once.
        vouchers: sha256 of each steward's signature over it by path, where it is a tombstone.
        root: the version of the trust root that it names; 0 where nobody asks.
    """

    entry: str
    signatures: Mapping[str, str]
    settled: bool
    binding: bool
    vouchers: Mapping[str, str] = field(default_factory=dict)
    root: int = field(default=0, compare=False)


@frozen
class HeldChain:
    """A policy's chain, judged and let go of.

    Attributes:
        signatures: how many valid signatures its entries carry.
        redacted: how many of them are tombstones.
    """

    entries: tuple[HeldEntry, ...]
    signatures: int
    redacted: int = 0


def held(item: Recorded) -> HeldEntry:
    """An entry by its digests."""
    settled = not item.missing
    return HeldEntry(
        entry=item.digest,
        signatures=item.signatures,
        settled=settled,
        binding=settled or item.entry.action is ChangeAction.EMERGENCY_DEMOTE,
        vouchers=item.vouchers,
        root=item.entry.root,
    )
