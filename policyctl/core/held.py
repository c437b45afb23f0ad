"""A chain by its digests: what is left of one when only losses and additions matter."""

from __future__ import annotations

from collections.abc import Mapping

from policyctl.core.entry import ChangeAction
from policyctl.core.frozen import fresh, frozen
from policyctl.core.late_approvals import barred_by
from policyctl.core.recorded import Recorded
from policyctl.core.trust_root import TrustRoot


@frozen
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
        barred: the versions of later trust roots that would not let the key of an approval give
            it, by path; empty where nobody asks.
    """

    entry: str
    signatures: Mapping[str, str]
    settled: bool
    binding: bool
    vouchers: Mapping[str, str] = fresh(default_factory=dict)
    root: int = 0
    barred: Mapping[str, tuple[int, ...]] = fresh(default_factory=dict)

    def __eq__(self, other: object) -> bool:
        """Equal by what a witness keeps: what trust roots say can be told again."""
        return isinstance(other, HeldEntry) and self._kept() == other._kept()

    def __hash__(self) -> int:
        """By the entry alone: the signatures are a mapping."""
        return hash(self.entry)

    def _kept(self) -> tuple[object, ...]:
        return (self.entry, self.signatures, self.settled, self.binding, self.vouchers)


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


def held(item: Recorded, roots: Mapping[int, TrustRoot]) -> HeldEntry:
    """An entry by its digests.

    Args:
        item: the entry.
        roots: the trust roots that hold, by version.
    """
    settled = not item.missing
    return HeldEntry(
        entry=item.digest,
        signatures=item.signatures,
        settled=settled,
        binding=settled or item.entry.action is ChangeAction.EMERGENCY_DEMOTE,
        vouchers=item.vouchers,
        root=item.entry.root,
        barred=barred_by(item, roots),
    )
