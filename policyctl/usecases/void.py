"""Annul the last change of a policy, on record."""

from __future__ import annotations

from datetime import datetime

from policyctl.core import paths
from policyctl.core.entry import ChangeAction, Entry
from policyctl.core.entry_shape import VOIDABLE, annulled
from policyctl.core.recorded import Recorded
from policyctl.errors import RefusedError, RepositoryError, TamperingError
from policyctl.usecases.ledger_state import Hands
from policyctl.usecases.reading import require_alike, require_effective
from policyctl.usecases.recording import Change, RecordedChange, record_change, require_rationale
from policyctl.usecases.standing import Standing, reread, standing

_INSTEAD = {
    ChangeAction.DEMOTE: "the way forward again is 'policyctl promote', with evidence",
    ChangeAction.EMERGENCY_DEMOTE: "the way forward again is 'policyctl promote', with evidence",
    ChangeAction.VOID: "make the change again, and record it",
}


def void(
    policy: str, *, rationale: str, change: str, now: datetime, hands: Hands, dry_run: bool = False
) -> RecordedChange:
    """Restore exactly the bytes from before the policy's last change, and record that.

    Args:
        policy: the policy's id.
        rationale: why, in one line.
        change: the name of the change.
        now: the time that the entry states.
        hands: repository, signer and readers.
        dry_run: say what would happen, and change nothing.

    Raises:
        RefusedError: the last change is one that cannot be annulled, or the ledger says no.
        RepositoryError: no commit has the bytes from before, or the working tree holds changes
            that would be lost.
    """
    require_rationale(rationale)
    found = standing(policy, ChangeAction.VOID, hands)
    chain = found.state.chain(policy)
    entries = chain.entries if chain else ()
    index = _index(policy, entries)
    former = entries[index].entry
    after = _before(former, found, hands)
    # A policy that ends keeps the owner and the use case that it had.
    kept = entries[index - 1].entry if after is not None and index else former
    return record_change(
        Change(
            name=change,
            action=ChangeAction.VOID,
            target=former.source,
            after=after,
            policy=policy,
            owner=kept.owner,
            use_case=kept.use_case,
            last=found.last,
            rationale=rationale,
            now=now,
        ),
        found.state,
        hands,
        dry_run=dry_run,
    )


def _index(policy: str, entries: tuple[Recorded, ...]) -> int:
    index = annulled([item.entry for item in entries])
    if index is None or entries[index].entry.action not in VOIDABLE:
        action = entries[index].entry.action if index is not None else ChangeAction.VOID
        raise RefusedError(
            f"the last change of '{policy}' is a {action.value}, which cannot be annulled",
            hint=_INSTEAD.get(action, ""),
        )
    return index


def _before(former: Entry, found: Standing, hands: Hands) -> bytes | None:
    """The bytes from before an entry, sound under today's governance; None if there were none."""
    if former.before is None:
        return None
    path = paths.policy_path(former.policy)
    content = hands.repository.past_content(path, former.before)
    if content is None:
        raise RepositoryError(
            f"no commit here has {path} as it was before entry {former.seq}",
            hint="git fetch --unshallow, or write it back and 'policyctl record' it",
        )
    reading = reread(content, found, hands)
    if require_effective(reading).policy.stage is not former.source:
        raise TamperingError(f"{path} was in another stage before entry {former.seq} than it says")
    require_alike(reading, hands.documents)
    return content
