"""Which approvals a changed policy needs, who gave them, and whose turn it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policyctl.core.approvals import unfilled
from policyctl.core.entry import Entry
from policyctl.core.frozen import frozen, replace
from policyctl.core.needs import needed, owners
from policyctl.core.recorded import Recorded
from policyctl.core.trust_root import TrustRoot
from policyctl.usecases.policy_case import PolicyCase


@frozen
class Turn:
    """Signatures that are owed, and by whom they can come.

    Attributes:
        role: the role that owes them; ``steward`` where it is the trust root that waits.
        count: how many.
        people: who may give them, and has not yet.
    """

    role: str
    count: int
    people: tuple[str, ...]


def required(case: PolicyCase) -> dict[str, int]:
    """The approvals that the change needs, by role."""
    if not case.settling and case.diff is not None and case.diff.edited:
        return dict(case.diff.requirement.approvals)
    found: dict[str, int] = {}
    for item in case.settling:
        for root in _judges(case, item):
            for role, count in needed(root, item.entry, case.entry_before(item)).items():
                found[role] = max(count, found.get(role, 0))
    return dict(sorted(found.items()))


def given(case: PolicyCase) -> dict[str, tuple[str, ...]]:
    """The people whose approvals count, by role."""
    found: dict[str, set[str]] = {}
    for item in case.settling:
        for role, people in item.approvals.items():
            found.setdefault(role, set()).update(people)
    return {role: tuple(sorted(people)) for role, people in sorted(found.items()) if people}


def turns(case: PolicyCase) -> tuple[Turn, ...]:
    """Whose turn it is, each role once."""
    found: dict[str, Turn] = {}
    by_base = {item.digest: missing for item, missing in missing_by_base(case)}
    for item in case.settling:
        root = _judges(case, item)[0]
        gave = {who for people in item.approvals.values() for who in people}
        out = _barred(case, item, root) | gave
        for role, count in sorted({**item.missing, **by_base.get(item.digest, {})}.items()):
            people = tuple(who for who in _members(root, role) if who not in out)
            if role not in found or found[role].count < count:
                found[role] = Turn(role=role, count=count, people=people)
    return tuple(found.values())


def missing_by_base(case: PolicyCase) -> Iterator[tuple[Recorded, Mapping[str, int]]]:
    """What entries under a trust root that the branch brings owe by the base's.

    A branch could otherwise bring the root that asks for less, and use it at once.
    """
    for item in case.entries:
        if item.entry.root <= case.root.version or item.missing:
            continue
        missing = missing_of(case, item, item.entry)
        if missing:
            yield item, missing


def missing_by_owner(case: PolicyCase) -> Iterator[tuple[Recorded, Mapping[str, int]]]:
    """What entries of the branch would lack had the policy the owner that it has in the base.

    Where nobody has to agree to another owner, a branch could otherwise give the policy away, and
    have at once approved by its owners what owners may not approve.
    """
    if not case.known or case.root.solo:
        return
    former = case.root.owners(case.chain[case.known - 1].entry.owner)
    for item in case.entries:
        if not item.missing and any(people & former for people in item.approvals.values()):
            others = {role: people - former for role, people in item.approvals.items()}
            missing = missing_of(case, replace(item, approvals=others), item.entry)
            if missing:
                yield item, missing


def missing_of(case: PolicyCase, item: Recorded, entry: Entry) -> dict[str, int]:
    """What the approvals of an entry lack by the base's trust root, were it this entry.

    Args:
        case: the policy.
        item: the entry as it is, with its approvals.
        entry: the entry, perhaps under another name.
    """
    root = case.root
    barred = _barred(case, item, root)
    counted = {
        role: frozenset(who for who in people - barred if who in _members(root, role))
        for role, people in item.approvals.items()
    }
    return unfilled(needed(root, entry, case.entry_before(item)), counted)


def _judges(case: PolicyCase, item: Recorded) -> tuple[TrustRoot, ...]:
    """The root that an entry names, and the base's where that is an older one."""
    own = case.ledgers.head.roots.by_version.get(item.entry.root, case.root)
    return (own, case.root) if own.version > case.root.version else (own,)


def _barred(case: PolicyCase, item: Recorded, root: TrustRoot) -> frozenset[str]:
    if root.solo:
        return frozenset()
    return owners(root, item.entry, case.entry_before(item)) | item.authors


def _members(root: TrustRoot, role: str) -> tuple[str, ...]:
    return root.roles[role].members if role in root.roles else ()
