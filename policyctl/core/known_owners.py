"""Whether governance knows the owner whom an entry names: only a known one bars anybody."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core import paths
from policyctl.core.chain import Chain
from policyctl.core.entry import ChangeAction
from policyctl.core.finding import Finding
from policyctl.core.root_chain import Roots
from policyctl.core.snapshot import violation

_OWNED = frozenset(
    {
        ChangeAction.REGISTER,
        ChangeAction.EDIT,
        ChangeAction.EXCEPTION,
        ChangeAction.PROMOTE,
        ChangeAction.REVIEW,
    }
)


def check_owners(chain: Chain, roots: Roots) -> Iterator[Finding]:
    """Yield a finding for each entry whose owner its own trust root does not know.

    The way back and the end of a policy stay open to one whose owner is gone, as long as the entry
    does not name another.
    """
    before = ""
    for recorded in chain.entries:
        entry = recorded.entry
        root = roots.by_version.get(entry.root)
        asked = entry.action in _OWNED or entry.owner != before
        before = entry.owner
        if root is None or not asked or root.knows(entry.owner):
            continue
        yield violation(
            "OWNER_UNKNOWN",
            f"entry {entry.seq} of '{chain.policy}' names the owner {entry.owner!a}, whom trust "
            f"root {root.version} does not know, so nobody was barred from approving as its owner",
            file=paths.entry_path(chain.policy, entry.seq),
            policy=chain.policy,
            entry=entry.seq,
            hint=f"name a person, team or role as owner, and 'policyctl record {chain.policy}'",
        )
