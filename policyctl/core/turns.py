"""Whose turn it is: the approvals that entries still owe, and who may give them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from policyctl.core.emergency import deadline
from policyctl.core.entry import ChangeAction, Entry
from policyctl.core.frozen import frozen
from policyctl.core.needs import owners
from policyctl.core.recorded import Recorded
from policyctl.core.root_chain import Roots
from policyctl.core.trust_root import TrustRoot


@frozen
class Turn:
    """The approvals in one role that an entry owes.

    Attributes:
        role: the role, and ``count`` how many people have to approve in it.
        people: who may: they fill the role, and neither wrote the change, nor own the policy, nor
            approved already.
        until: when an emergency has to have them; None where there is no deadline.
    """

    entry: Entry
    role: str
    count: int
    people: tuple[str, ...]
    until: datetime | None = None

    @property
    def what(self) -> str:
        """What waits, for people: ``promote logging -> limited``."""
        action = self.entry.action.value.replace("_", " ")
        moved = self.entry.source is not self.entry.target
        return f"{action} {self.entry.transition}" if moved else action

    @property
    def stuck(self) -> bool:
        """True if fewer people may approve than have to."""
        return len(self.people) < self.count


def turns_of(entries: Sequence[Recorded], roots: Roots) -> Iterator[Turn]:
    """What each entry of a chain still owes, oldest first.

    Args:
        entries: the chain.
        roots: the trust roots that hold; each entry is judged by the one that it names.
    """
    before: Entry | None = None
    for item in entries:
        root = roots.by_version.get(item.entry.root)
        if root is not None:
            for role, count in sorted(item.missing.items()):
                yield Turn(
                    entry=item.entry,
                    role=role,
                    count=count,
                    people=_possible(root, item, before, role),
                    until=_until(root, item.entry),
                )
        before = item.entry


def _possible(root: TrustRoot, item: Recorded, before: Entry | None, role: str) -> tuple[str, ...]:
    members = set(root.roles[role].members) if role in root.roles else set()
    barred = {who for people in item.approvals.values() for who in people}
    if not root.solo:
        barred |= item.authors | owners(root, item.entry, before)
    return tuple(sorted(members - barred))


def _until(root: TrustRoot, entry: Entry) -> datetime | None:
    if entry.action is not ChangeAction.EMERGENCY_DEMOTE or root.emergency is None:
        return None
    return deadline(entry, root.emergency)
