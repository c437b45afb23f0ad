"""Approvals that came when a trust root held already by which their keys may not give them.

An entry is judged by the root that it names, so what was approved stays approved, whatever becomes
of the key. An entry that still waits would let a key in that was revoked since: only a witness that
saw the entry without the approval, under the newer root, can tell the two apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policyctl.core import paths
from policyctl.core.finding import Finding
from policyctl.core.recorded import Recorded
from policyctl.core.snapshot import violation
from policyctl.core.trust_root import TrustRoot


def barred_by(item: Recorded, roots: Mapping[int, TrustRoot]) -> dict[str, tuple[int, ...]]:
    """The approvals of an entry that later trust roots would not let their keys give.

    Args:
        item: the entry.
        roots: the trust roots that hold, by version.

    Returns:
        The versions of these roots, by the path of the approval.
    """
    later = [root for version, root in sorted(roots.items()) if version > item.entry.root]
    return approvals_barred(item.keys, later) if later else {}


def approvals_barred(
    keys: Mapping[str, bytes], later: list[TrustRoot]
) -> dict[str, tuple[int, ...]]:
    """The same of approvals by their paths, with the public keys that made them."""
    barred = {}
    for path, key in keys.items():
        versions = tuple(root.version for root in later if not lets_approve(root, path, key))
        if versions:
            barred[path] = versions
    return barred


def lets_approve(root: TrustRoot, path: str, key: bytes) -> bool:
    """Whether a trust root lets a key make the approval that a file's name claims.

    Args:
        root: the trust root.
        path: the approval's file.
        key: the public key, as SSH encodes it.
    """
    place = paths.place_of(path)
    if not isinstance(place, paths.EntrySignature):
        return False
    role, member = root.roles.get(place.role), root.people.get(place.who)
    if role is None or member is None or place.who not in role.members:
        return False
    return any(own.blob == key for own in member.keys)


def check_late_approvals(
    item: Recorded, seen: Mapping[str, str], root: TrustRoot, *, since: str
) -> Iterator[Finding]:
    """Findings about approvals that an entry got after a witness saw it under a newer trust root.

    Args:
        item: the entry now.
        seen: sha256 of each of its signature files that the witness saw, by path.
        root: the newest trust root that the witness saw.
        since: the witness, as a message names it.
    """
    if root.version > item.entry.root:
        for path in sorted(item.keys.keys() - seen.keys()):
            if not lets_approve(root, path, item.keys[path]):
                yield outdated(path, root.version, since)


def outdated(path: str, version: int, since: str) -> Finding:
    """The finding about such an approval.

    Args:
        path: the approval's file.
        version: the trust root that does not let its key give it.
        since: the witness that had this root, and not the approval.
    """
    place = paths.place_of(path)
    assert isinstance(place, paths.EntrySignature)
    return violation(
        "APPROVAL_OUTDATED",
        f"'{place.who}' approved entry {place.seq} of '{place.policy}' as {place.role} after "
        f"{since}, whose trust root {version} does not let this key do so",
        file=path,
        policy=place.policy,
        entry=place.seq,
        hint="remove it, and let somebody approve who may; treat the key as stolen",
    )
