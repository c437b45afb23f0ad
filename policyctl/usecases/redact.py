"""Take a rationale that holds personal data out of an entry, on record."""

from __future__ import annotations

from datetime import datetime

from policyctl.core import paths
from policyctl.core.canonical import sha256
from policyctl.core.chain import Chain
from policyctl.core.entry import ChangeAction, parse_entry
from policyctl.core.frozen import frozen
from policyctl.core.recorded import Recorded
from policyctl.core.redaction import redaction_of, reference_to, vouching
from policyctl.core.tombstone import tombstone_bytes, tombstone_of
from policyctl.core.trailers import commit_message
from policyctl.core.trust_root import REDACT_NAMESPACE, TrustRoot
from policyctl.errors import RefusedError, TamperingError, UsageError
from policyctl.usecases.ledger_state import (
    Hands,
    LedgerState,
    committer,
    ledger_state,
    require_intact,
    require_settled,
    signing_person,
    unknown_policy,
)
from policyctl.usecases.recording import Change, RecordedChange, record_change, require_rationale


@frozen
class Redaction:
    """What a steward did about an entry's rationale.

    Attributes:
        seq: the entry that was redacted.
        who: the steward who signed.
        outcome: the entry that records it, where this call wrote it; None for a further steward.
        missing: signatures of stewards that are still owed.
    """

    policy: str
    seq: int
    who: str
    commit: str
    missing: int
    outcome: RecordedChange | None = None


def redact(
    policy: str,
    seq: int,
    *,
    rationale: str | None,
    change: str,
    now: datetime,
    hands: Hands,
) -> Redaction:
    """Put a signed tombstone in an entry's place, or sign the one that a steward put there.

    Args:
        policy: the policy's id.
        seq: the entry's number.
        rationale: why, in one line; None for a further steward.
        change: the name of the change.
        now: the time that the entry states.
        hands: repository, signer and readers.

    Raises:
        RefusedError: the user is no steward, or the entry cannot be redacted.
        TamperingError: the tombstone that is there says something else than the entry did.
    """
    state = ledger_state(hands)
    require_intact(state, policy)
    chain = state.chain(policy)
    if chain is None:
        raise unknown_policy(state.ledger, policy)
    item = chain.entries[seq - 1] if 1 <= seq <= len(chain.entries) else None
    if item is None:
        raise UsageError(f"'{policy}' has no entry {seq}", hint=f"policyctl log {policy}")
    who = signing_person(state.root, hands.signer)
    if item.tombstone is None:
        require_rationale(rationale or "")
        return _begin(item, who, rationale or "", change, now, state, hands)
    if rationale is not None:
        raise RefusedError(
            f"entry {seq} of '{policy}' is redacted already",
            hint=f"to sign as well: policyctl redact {policy} {seq}, without --rationale",
        )
    return _join(chain, item, who, now, state, hands)


def _begin(
    item: Recorded,
    who: str,
    rationale: str,
    change: str,
    now: datetime,
    state: LedgerState,
    hands: Hands,
) -> Redaction:
    """The first steward: the tombstone, a signature, and the entry that records it."""
    entry, root = item.entry, state.root
    _require_steward(root, who)
    if entry.action is ChangeAction.REDACT:
        raise RefusedError(f"entry {entry.seq} of '{entry.policy}' is a redaction itself")
    last = require_settled(state, entry.policy, ChangeAction.REDACT)
    assert last is not None
    content = tombstone_bytes(tombstone_of(entry, item.signatures))
    path = paths.entry_path(entry.policy, entry.seq)
    signature = paths.tombstone_signature_path(entry.policy, entry.seq, who)
    after = state.content(entry.policy)
    if last.entry.after is not None and (after is None or sha256(after) != last.entry.after):
        raise TamperingError(f"'{entry.policy}' is not what its last entry recorded")
    outcome = record_change(
        Change(
            name=change,
            action=ChangeAction.REDACT,
            target=last.entry.target,
            after=after if last.entry.after is not None else None,
            policy=entry.policy,
            owner=last.entry.owner,
            use_case=last.entry.use_case,
            last=last,
            rationale=rationale,
            now=now,
            references=(reference_to(entry.policy, entry.seq, content),),
            files={path: content, signature: hands.signer.sign(content, REDACT_NAMESPACE)},
        ),
        state,
        hands,
        dry_run=False,
    )
    return Redaction(
        policy=entry.policy,
        seq=entry.seq,
        who=who,
        commit=outcome.commit,
        missing=root.threshold - 1,
        outcome=outcome,
    )


def _join(
    chain: Chain, item: Recorded, who: str, now: datetime, state: LedgerState, hands: Hands
) -> Redaction:
    """A further steward: one more signature, after a look that the tombstone is true."""
    entry = item.entry
    record = redaction_of(chain, entry.seq)
    root = state.ledger.roots.by_version[record.entry.root] if record else None
    if record is None or root is None:
        raise TamperingError(f"no entry records the redaction of entry {entry.seq}")
    _require_steward(root, who)
    signed = vouching(state.snapshot, item, root, hands.verify).stewards
    if who in signed:
        raise RefusedError(f"'{who}' signed the tombstone of entry {entry.seq} already")
    if len(signed) >= root.threshold:
        raise RefusedError(f"the tombstone of entry {entry.seq} has all the signatures it needs")
    _require_true(item, hands)
    path = paths.tombstone_signature_path(entry.policy, entry.seq, who)
    hands.repository.require_ready([path])
    commit = hands.repository.commit(
        {path: hands.signer.sign(item.content, REDACT_NAMESPACE)},
        message=commit_message(
            f"policy({entry.policy}): sign the redaction of entry {entry.seq}",
            [("Policy-Id", entry.policy)],
        ),
        by=committer(hands, state.root, who),
        now=now,
    )
    return Redaction(
        policy=entry.policy,
        seq=entry.seq,
        who=who,
        commit=commit,
        missing=root.threshold - len(signed) - 1,
    )


def _require_steward(root: TrustRoot, who: str) -> None:
    if who not in root.stewards:
        stewards = ", ".join(root.stewards)
        raise RefusedError(
            f"'{who}' is no steward of trust root {root.version}", hint=f"one of: {stewards}"
        )


def _require_true(item: Recorded, hands: Hands) -> None:
    """Compare the tombstone with the entry that it replaced, which history still holds."""
    path = paths.entry_path(item.entry.policy, item.entry.seq)
    original = hands.repository.past_content(path, item.digest)
    if original is None:
        raise RefusedError(
            f"no commit here has {path} as it was, so nobody can tell if the tombstone is true",
            hint="git fetch --unshallow",
        )
    if tombstone_bytes(tombstone_of(parse_entry(original), item.signatures)) != item.content:
        raise TamperingError(f"the tombstone {path} says something else than the entry did")
