"""Put on record that policies were reviewed, and left as they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from policyctl.core import paths
from policyctl.core.entry import ChangeAction
from policyctl.core.trust_root import TrustRoot
from policyctl.errors import RefusedError
from policyctl.usecases.ledger_state import Hands, LedgerState, ledger_state, signing_person
from policyctl.usecases.reading import require_effective
from policyctl.usecases.recording import Change, RecordedChange, record_changes, require_rationale
from policyctl.usecases.standing import standing


def record_reviews(
    policies: Sequence[str],
    *,
    rationale: str,
    change: str,
    now: datetime,
    hands: Hands,
    dry_run: bool = False,
) -> tuple[RecordedChange, ...]:
    """Record a review of policies that stay as they are, in one commit or not at all.

    An entry like this says that the owner looked at the policy, so somebody behind the owner makes
    it; others approve it, as they would an edit.

    Args:
        policies: the ids of one policy or more.
        rationale: what was looked at, and why nothing changes, in one line.
        change: the name of the change.
        now: the time that the entries state, from which the next review is due.
        hands: repository, signer and readers.
        dry_run: say what would happen, and change nothing.

    Raises:
        RefusedError: a policy is retired, has unrecorded changes or waits for approval, or
            whoever signs is not behind its owner.
        RepositoryError: the working tree holds changes of its file.
        UsageError: there is no recorded policy of this id.
        DocumentError: a file has errors.
    """
    require_rationale(rationale)
    state = ledger_state(hands)
    changes = [
        _change(policy, state, rationale=rationale, name=change, now=now, hands=hands)
        for policy in dict.fromkeys(policies)
    ]
    author = signing_person(state.root, hands.signer)
    for made in changes:
        _require_owner(made, author, state.root)
    return record_changes(changes, state, hands, dry_run=dry_run)


def _change(
    policy: str, state: LedgerState, *, rationale: str, name: str, now: datetime, hands: Hands
) -> Change:
    _require_standing(policy, state)
    found = standing(policy, ChangeAction.REVIEW, hands, state)
    effective = require_effective(found.reading).policy
    return Change(
        name=name,
        action=ChangeAction.REVIEW,
        target=found.last.entry.target,
        after=state.content(policy),
        policy=policy,
        owner=effective.owner,
        use_case=effective.use_case,
        last=found.last,
        rationale=rationale,
        now=now,
    )


def _require_standing(policy: str, state: LedgerState) -> None:
    chain = state.chain(policy)
    last = chain.last if chain else None
    if last is not None and last.entry.after is None and not last.missing:
        raise RefusedError(
            f"'{policy}' has no file since entry {last.entry.seq} ({last.entry.action.value}), "
            "so there is nothing to review",
            hint=f"to start anew, write {paths.policy_path(policy)} and record it",
        )


def _require_owner(change: Change, author: str, root: TrustRoot) -> None:
    people = root.owners(change.owner)
    if author not in people:
        raise RefusedError(
            f"'{author}' is not behind '{change.owner}', who owns '{change.policy}' and has to "
            "review it",
            hint=f"one of: {', '.join(sorted(people))}",
        )
