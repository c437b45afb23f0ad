"""Take back an entry that nobody has to rely on yet."""

from __future__ import annotations

from datetime import datetime

from policyctl.core import paths
from policyctl.core.chain import Chain
from policyctl.core.entry import ChangeAction, Entry
from policyctl.core.frozen import frozen
from policyctl.core.recorded import Recorded
from policyctl.core.trailers import commit_message, entry_trailers
from policyctl.errors import RefusedError, RepositoryError
from policyctl.usecases.ledger_state import (
    Hands,
    LedgerState,
    committer,
    ledger_state,
    owes_stewards,
    require_intact,
    signing_person,
    unknown_policy,
)
from policyctl.usecases.recording import subject_of

_EDITED = frozenset({ChangeAction.REGISTER, ChangeAction.EDIT, ChangeAction.EXCEPTION})
"""Changes that a person made in the file, before a command recorded them."""


@frozen
class Withdrawal:
    """An entry that was taken back.

    Attributes:
        files: what the commit removed or restored.
        kept: the policy file, where its text stays in the working tree; else empty.
    """

    entry: Entry
    commit: str
    files: tuple[str, ...]
    kept: str = ""


def withdraw(policy: str, *, pushed: bool, now: datetime, hands: Hands) -> Withdrawal:
    """Remove a pending entry with its signatures and evidence, and restore the policy file.

    What a person had written into the file stays in the working tree, as a change that is not
    committed; a stage that a command moved goes back.

    Args:
        policy: the policy's id.
        pushed: whether the entry may be in the upstream branch already.
        now: the time of the commit.
        hands: repository, signer and readers.

    Raises:
        RefusedError: the entry is settled, took effect at once, or others may have seen it.
        RepositoryError: the working tree holds changes that would be lost, or no commit has the
            bytes from before.
    """
    state = ledger_state(hands)
    require_intact(state, policy)
    chain = state.chain(policy)
    last = chain.last if chain else None
    if chain is None or last is None:
        raise unknown_policy(state.ledger, policy)
    _require_pending(state, last)
    entry = last.entry
    if not pushed and hands.repository.is_upstream(paths.entry_path(policy, entry.seq)):
        raise RefusedError(
            f"entry {entry.seq} of '{policy}' is in the upstream branch, where somebody may be "
            "approving it",
            hint="agree with them, then: policyctl withdraw --pushed",
        )
    files = _files(state, chain, last, hands)
    kept = entry.path if entry.action in _EDITED else ""
    who = signing_person(state.root, hands.signer)
    hands.repository.require_ready([path for path in sorted(files) if path != kept], edited=kept)
    commit = hands.repository.commit(
        files,
        message=commit_message(subject_of([entry], "withdraw"), entry_trailers(entry)),
        by=committer(hands, state.root, who),
        now=now,
        keep=(kept,) if kept else (),
    )
    return Withdrawal(entry=entry, commit=commit, files=tuple(sorted(files)), kept=kept)


def _require_pending(state: LedgerState, last: Recorded) -> None:
    entry = last.entry
    if not last.missing and not owes_stewards(state, entry.policy):
        raise RefusedError(
            f"entry {entry.seq} of '{entry.policy}' is settled and cannot be taken back",
            hint=_instead(entry),
        )
    if entry.action is ChangeAction.EMERGENCY_DEMOTE:
        raise RefusedError(
            f"entry {entry.seq} of '{entry.policy}' took effect at once and cannot be taken back",
            hint=f"policyctl approve {entry.policy}",
        )


def _instead(entry: Entry) -> str:
    # A void reaches past a review, to the change before it.
    if entry.action is ChangeAction.REVIEW:
        return f"look again, and record what came of it: policyctl record {entry.policy}"
    return f"annul it on record: policyctl void {entry.policy} --rationale '…'"


def _files(
    state: LedgerState, chain: Chain, last: Recorded, hands: Hands
) -> dict[str, bytes | None]:
    """The commit's changes: what goes, and the policy file as it was before."""
    entry = last.entry
    files: dict[str, bytes | None] = {paths.entry_path(entry.policy, entry.seq): None}
    files.update(dict.fromkeys(last.signatures))
    evidence = paths.HOME + paths.evidence_name(entry.policy, entry.seq)
    if evidence in state.snapshot:
        files[evidence] = None
    if entry.before != entry.after:
        files[entry.path] = _past(entry.path, entry.before, hands)
    if entry.action is ChangeAction.REDACT:
        files.update(_unredacted(state, chain, entry, hands))
    return files


def _unredacted(
    state: LedgerState, chain: Chain, redaction: Entry, hands: Hands
) -> dict[str, bytes | None]:
    """The entry that a redaction was about, with its rationale again."""
    names = {reference.name for reference in redaction.evidence}
    files: dict[str, bytes | None] = {}
    for item in chain.entries:
        path = paths.entry_path(item.entry.policy, item.entry.seq)
        if item.tombstone is not None and path.removeprefix(paths.HOME) in names:
            files[path] = _past(path, item.tombstone.sha256, hands)
            for file in state.snapshot:
                place = paths.place_of(file)
                if isinstance(place, paths.TombstoneSignature) and (
                    (place.policy, place.seq) == (item.entry.policy, item.entry.seq)
                ):
                    files[file] = None
    return files


def _past(path: str, digest: str | None, hands: Hands) -> bytes | None:
    if digest is None:
        return None
    content = hands.repository.past_content(path, digest)
    if content is None:
        raise RepositoryError(
            f"no commit here has {path} as it was before", hint="git fetch --unshallow"
        )
    return content
