"""Whether a review was signed by the owner, as its entry says by being one."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core import paths
from policyctl.core.chain import Chain
from policyctl.core.entry import ChangeAction
from policyctl.core.finding import Finding
from policyctl.core.root_chain import Roots
from policyctl.core.snapshot import violation


def check_reviews(chain: Chain, roots: Roots) -> Iterator[Finding]:
    """Yield a finding for each review whose authors are not behind the owner whom it names.

    Without any author there is a finding already, and an owner whom nobody knows is another.
    """
    for recorded in chain.entries:
        entry = recorded.entry
        root = roots.by_version.get(entry.root)
        if entry.action is not ChangeAction.REVIEW or root is None or not recorded.authors:
            continue
        if not root.knows(entry.owner) or recorded.authors & root.owners(entry.owner):
            continue
        authors = ", ".join(f"'{who}'" for who in sorted(recorded.authors))
        yield violation(
            "REVIEW_NOT_BY_OWNER",
            f"entry {entry.seq} of '{chain.policy}' says that the owner '{entry.owner}' reviewed "
            f"it, and {authors} signed that",
            file=paths.entry_path(chain.policy, entry.seq),
            policy=chain.policy,
            entry=entry.seq,
            hint="take it back, and have somebody behind the owner review it: "
            f"policyctl record {chain.policy} --reviewed",
        )
