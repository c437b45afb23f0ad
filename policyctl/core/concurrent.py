"""Changes that were made at the same time, and whether one can stand on top of the other."""

from __future__ import annotations

from collections.abc import Iterable

from policyctl.core import paths
from policyctl.core.paths import (
    EntryFile,
    EntrySignature,
    EvidenceFile,
    PolicyFile,
    TombstoneSignature,
    place_of,
)

_RESTS_ON = (paths.POLICIES, paths.HOME, "catalogues/", "policyctl.toml")


def stand_apart(mine: Iterable[str], theirs: Iterable[str]) -> bool:
    """True if a change judged before another one came first holds after it as well.

    So it is if theirs touches other policies and their chains only, or nothing that is governed.
    What all policies rest on, the trust root above all, is nobody's alone.

    Args:
        mine: the paths that the change writes.
        theirs: the paths that differ between the commit it was judged on and the present one.
    """
    own = {policy_of(path) for path in mine}
    return all(
        not path.casefold().startswith(_RESTS_ON)
        or (policy_of(path) is not None and None not in own and policy_of(path) not in own)
        for path in theirs
    )


def policy_of(path: str) -> str | None:
    """The policy that a file belongs to, or None if it belongs to no single one."""
    match place_of(path):
        case PolicyFile(policy=policy) | EntryFile(policy=policy):
            return policy
        case EntrySignature(policy=policy) | TombstoneSignature(policy=policy):
            return policy
        case EvidenceFile(policy=policy):
            return policy
        case _:
            return None
