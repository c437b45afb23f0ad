"""End a policy: its file goes, its trail stays."""

from __future__ import annotations

from datetime import datetime

from policyctl.core.entry import ChangeAction
from policyctl.usecases.ledger_state import Hands
from policyctl.usecases.reading import require_effective
from policyctl.usecases.recording import Change, RecordedChange, record_change, require_rationale
from policyctl.usecases.standing import standing


def retire(
    policy: str, *, rationale: str, change: str, now: datetime, hands: Hands, dry_run: bool = False
) -> RecordedChange:
    """Remove the policy file, and record it as one signed commit.

    Args:
        policy: the policy's id.
        rationale: why, in one line.
        change: the name of the change.
        now: the time that the entry states.
        hands: repository, signer and readers.
        dry_run: say what would happen, and change nothing.

    Raises:
        RefusedError: the ledger does not allow it.
        RepositoryError: the working tree holds changes that would be lost.
    """
    require_rationale(rationale)
    found = standing(policy, ChangeAction.RETIRE, hands)
    effective = require_effective(found.reading).policy
    return record_change(
        Change(
            name=change,
            action=ChangeAction.RETIRE,
            target=None,
            after=None,
            policy=policy,
            owner=effective.owner,
            use_case=effective.use_case,
            last=found.last,
            rationale=rationale,
            now=now,
        ),
        found.state,
        hands,
        dry_run=dry_run,
    )
