"""Entries that still wait for approval, and who may give it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from policyctl.core.entry import Entry
from policyctl.core.frozen import frozen
from policyctl.core.needs import owners
from policyctl.core.recorded import Recorded
from policyctl.core.root_chain import Roots
from policyctl.core.trust_root import TrustRoot
from policyctl.errors import PolicyctlError, RefusedError, UsageError
from policyctl.usecases.ledger_state import LedgerState, require_intact, unknown_policy


@frozen
class Pending:
    """An entry that waits for approval.

    Attributes:
        before: the entry before it, or None for the first.
    """

    item: Recorded
    before: Entry | None

    @property
    def owed(self) -> str:
        """The approvals that it still owes, for people."""
        owed = sorted(self.item.missing.items())
        return ", ".join(f"{count} x {role}" for role, count in owed)

    def judge(self, roots: Roots) -> TrustRoot:
        """The root that the entry names, which may be older than the newest."""
        return roots.by_version[self.item.entry.root]


def pending_of(state: LedgerState, policy: str) -> tuple[Pending, ...]:
    """The entries of a policy that wait for approval, oldest first.

    Raises:
        UsageError: there is no recorded policy of this id.
        RefusedError: nothing is pending.
    """
    chain = state.chain(policy)
    if chain is None or not chain.entries:
        raise unknown_policy(state.ledger, policy)
    require_intact(state, policy)
    entries = chain.entries
    found = tuple(
        Pending(item=item, before=entries[index - 1].entry if index else None)
        for index, item in enumerate(entries)
        if item.missing
    )
    if not found:
        raise RefusedError(f"no change of '{policy}' waits for approval")
    return found


def policies_of(state: LedgerState, change: str) -> tuple[str, ...]:
    """The policies whose entries of one change wait for approval.

    Raises:
        UsageError: no pending entry belongs to the change.
    """
    waiting = [
        item.entry
        for chain in state.ledger.chains.values()
        for item in chain.entries
        if item.missing
    ]
    found = tuple(dict.fromkeys(entry.policy for entry in waiting if entry.change == change))
    if not found:
        known = ", ".join(sorted({entry.change for entry in waiting})) or "nothing"
        raise UsageError(f"nothing of change '{change}' waits", hint=f"waiting: {known}")
    return found


def approvable(
    roots: Roots, found: Iterable[Pending], who: str, asked: str | None
) -> tuple[Pending, str]:
    """The oldest of the entries that this person can approve, and in which role.

    Args:
        roots: the trust roots that hold; each entry is judged by the one that it names.
        found: entries that wait, oldest first, at least one.
        who: the person.
        asked: the role that they asked for; None where only one is possible.

    Raises:
        RefusedError: they may approve none of them.
        UsageError: there is no such role, or several roles are possible.
    """
    first: PolicyctlError | None = None
    for pending in found:
        try:
            root = pending.judge(roots)
            require_apart(root, pending, who)
            return pending, _role(root, pending, who, asked)
        except RefusedError as error:
            first = first or error
    assert first is not None
    raise first


def require_apart(root: TrustRoot, pending: Pending, who: str) -> None:
    """Raise `RefusedError` if the person wrote or owns the change."""
    if root.solo:
        return
    entry = pending.item.entry
    if who in pending.item.authors:
        raise RefusedError(f"'{who}' wrote entry {entry.seq} and cannot approve it")
    if who in owners(root, entry, pending.before):
        raise RefusedError(f"'{who}' owns '{entry.policy}' ({entry.owner}) and cannot approve it")


def _role(root: TrustRoot, pending: Pending, who: str, asked: str | None) -> str:
    if asked is not None and asked not in root.roles:
        near = get_close_matches(asked, root.roles, n=1, cutoff=0.5)
        known = ", ".join(sorted(root.roles))
        hint = f"did you mean '{near[0]}'?" if near else f"one of: {known}"
        raise UsageError(f"there is no role '{asked}'", hint=hint)
    item, owed = pending.item, pending.owed
    possible = [role for role in sorted(item.missing) if who in _members(root, role)]
    if asked is not None:
        possible = [role for role in possible if role == asked]
    given = {role for role, people in item.approvals.items() if who in people}
    if given:
        raise RefusedError(f"'{who}' approved entry {item.entry.seq} already; {owed} is owed")
    if not possible:
        mine = ", ".join(root.roles_of(who)) or "no role"
        raise RefusedError(f"entry {item.entry.seq} needs {owed}, and '{who}' fills {mine}")
    if len(possible) > 1:
        raise UsageError(
            f"'{who}' can approve as {' or '.join(possible)}", hint=f"--role {possible[0]}"
        )
    return possible[0]


def _members(root: TrustRoot, role: str) -> Sequence[str]:
    return root.roles[role].members if role in root.roles else ()
