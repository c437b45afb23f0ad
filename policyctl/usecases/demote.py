"""Move policies back to an earlier stage: no evidence is needed to block less."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from policyctl.core.approvals import unfilled
from policyctl.core.emergency import may_step_back
from policyctl.core.entry import ChangeAction
from policyctl.core.stages import Stage, is_demotion
from policyctl.core.trust_root import TrustRoot
from policyctl.errors import RefusedError
from policyctl.usecases.ledger_state import Hands, LedgerState, ledger_state, signing_person
from policyctl.usecases.reading import require_alike, require_effective
from policyctl.usecases.recording import (
    Change,
    RecordedChange,
    record_changes,
    require_rationale,
)
from policyctl.usecases.standing import reread, standing


def demote(
    policies: Sequence[str],
    *,
    target: Stage,
    rationale: str,
    change: str,
    now: datetime,
    hands: Hands,
    emergency: bool = False,
    dry_run: bool = False,
) -> tuple[RecordedChange, ...]:
    """Move the stage back in the files, and record it as one signed commit, or not at all.

    Args:
        policies: the ids of one policy or more.
        target: an earlier stage; the way back may skip one.
        rationale: why, in one line.
        change: the name of the change.
        now: the time that the entries state.
        hands: repository, signer and readers.
        emergency: whether it is in force at once, and approved within the time that governance
            sets.
        dry_run: say what would happen, and change nothing.

    Raises:
        RefusedError: the stage is not an earlier one, or the ledger or governance says no.
        RepositoryError: the working tree holds changes that would be lost.
    """
    require_rationale(rationale)
    state = ledger_state(hands)
    if emergency:
        _require_role(state.root, signing_person(state.root, hands.signer))
    changes = [
        _change(
            policy,
            target,
            ChangeAction.EMERGENCY_DEMOTE if emergency else ChangeAction.DEMOTE,
            state,
            rationale=rationale,
            name=change,
            now=now,
            hands=hands,
        )
        for policy in dict.fromkeys(policies)
    ]
    if emergency:
        for outcome in record_changes(changes, state, hands, dry_run=True):
            _require_approvable(outcome)
    return record_changes(changes, state, hands, dry_run=dry_run)


def _change(
    policy: str,
    target: Stage,
    action: ChangeAction,
    state: LedgerState,
    *,
    rationale: str,
    name: str,
    now: datetime,
    hands: Hands,
) -> Change:
    found = standing(policy, action, hands, state)
    effective = require_effective(found.reading).policy
    if not is_demotion(effective.stage, target):
        raise RefusedError(
            f"'{policy}' is in '{effective.stage.value}', and '{target.value}' is not a way back",
            hint="the way forward is 'policyctl promote'",
        )
    after = hands.documents.replace_scalar(found.reading.content, ("stage",), target.value)
    moved = reread(after, found, hands)
    require_effective(moved)
    require_alike(moved, hands.documents)
    return Change(
        name=name,
        action=action,
        target=target,
        after=after,
        policy=policy,
        owner=effective.owner,
        use_case=effective.use_case,
        last=found.last,
        rationale=rationale,
        now=now,
    )


def _require_role(root: TrustRoot, who: str) -> None:
    if root.emergency is None:
        raise RefusedError(
            "the trust root lets nobody step back at once",
            hint="policyctl demote without --emergency, and approvals",
        )
    if not may_step_back(root, who):
        role = root.emergency.role
        members = ", ".join(root.roles[role].members)
        raise RefusedError(
            f"'{who}' does not fill the role '{role}', which may step back at once",
            hint=f"one of: {members}; or demote without --emergency",
        )


def _require_approvable(outcome: RecordedChange) -> None:
    """Refuse what could never be approved: an emergency cannot be taken back."""
    people = {role: frozenset(who) for role, who in outcome.candidates.items()}
    empty = unfilled(outcome.need, people)
    if empty:
        owed = ", ".join(f"{count} x {role}" for role, count in sorted(empty.items()))
        raise RefusedError(
            f"nobody could ever approve this: without '{outcome.author}' and the owners of "
            f"'{outcome.entry.policy}', {owed} cannot be found",
            hint="have somebody else of the role sign it, or demote without --emergency",
        )
