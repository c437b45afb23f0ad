"""Move a policy back to an earlier stage: no evidence is needed to block less."""

from __future__ import annotations

from datetime import datetime

from policyctl.core.entry import ChangeAction
from policyctl.core.stages import Stage, is_demotion
from policyctl.errors import RefusedError
from policyctl.usecases.ledger_state import Hands
from policyctl.usecases.reading import require_alike, require_effective
from policyctl.usecases.recording import Change, RecordedChange, record_change, require_rationale
from policyctl.usecases.standing import reread, standing


def demote(
    policy: str,
    *,
    target: Stage,
    rationale: str,
    change: str,
    now: datetime,
    hands: Hands,
    dry_run: bool = False,
) -> RecordedChange:
    """Move the stage back in the file, and record it as one signed commit.

    Args:
        policy: the policy's id.
        target: an earlier stage; the way back may skip one.
        rationale: why, in one line.
        change: the name of the change.
        now: the time that the entry states.
        hands: repository, signer and readers.
        dry_run: say what would happen, and change nothing.

    Raises:
        RefusedError: the stage is not an earlier one, or the ledger does not allow it.
        RepositoryError: the working tree holds changes that would be lost.
    """
    require_rationale(rationale)
    found = standing(policy, hands)
    effective = require_effective(found.reading)
    current = effective.policy.stage
    if not is_demotion(current, target):
        raise RefusedError(
            f"'{policy}' is in '{current.value}', and '{target.value}' is not a way back",
            hint="the way forward is 'policyctl promote'",
        )
    after = hands.documents.replace_scalar(found.reading.content, ("stage",), target.value)
    moved = reread(after, found, hands)
    require_effective(moved)
    require_alike(moved, hands.documents)
    return record_change(
        Change(
            name=change,
            action=ChangeAction.DEMOTE,
            target=target,
            after=after,
            policy=effective.policy,
            rationale=rationale,
            now=now,
        ),
        found.last,
        found.state,
        hands,
        dry_run=dry_run,
    )
