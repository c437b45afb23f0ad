"""An entry as it was found: its bytes, who signed it, what it still owes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from policyctl.core.canonical import sha256
from policyctl.core.entry import ChangeAction, Entry
from policyctl.core.finding import Finding
from policyctl.core.frozen import fresh, frozen
from policyctl.core.tombstone import Tombstone


@frozen
class Recorded:
    """An entry with what its signature files say.

    Attributes:
        content: the file's exact bytes.
        authors: people with a valid author's signature.
        touched: those of them whose hardware key says that it was touched.
        approvals: people with a valid approval that counts, by role.
        missing: approvals that are still owed, by role.
        keys: the public key that made each approval that counts, as SSH encodes it, by its path.
        signatures: sha256 of each signature file, valid or not, by its path.
        tombstone: what stands in the entry's place, where its rationale was redacted.
        vouchers: sha256 of each steward's signature over the tombstone, by its path.
    """

    entry: Entry
    content: bytes
    authors: frozenset[str] = frozenset()
    touched: frozenset[str] = frozenset()
    approvals: Mapping[str, frozenset[str]]
    missing: Mapping[str, int]
    keys: Mapping[str, bytes] = fresh(default_factory=dict)
    signatures: Mapping[str, str] = fresh(default_factory=dict)
    tombstone: Tombstone | None = None
    vouchers: Mapping[str, str] = fresh(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    @property
    def digest(self) -> str:
        """What the next entry names as ``prev``: a redaction does not change it."""
        return self.tombstone.sha256 if self.tombstone else sha256(self.content)


def in_force(entries: Iterable[Recorded]) -> Recorded | None:
    """The last entry of a chain that is in force, or None if nothing of it was approved yet.

    An emergency demotion counts at once, whatever approval it still owes.
    """
    found = None
    for item in entries:
        if item.missing and item.entry.action is not ChangeAction.EMERGENCY_DEMOTE:
            break
        found = item
    return found
