"""A checkpoint of the ledger: made, signed, and kept beside the branch."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import takewhile

from policyctl.core.chain import Chain
from policyctl.core.checkpoint import (
    Checkpoint,
    checkpoint_digest,
    checkpoint_text,
    leaf_bytes,
    signature_line,
)
from policyctl.core.finding import Severity
from policyctl.core.frozen import frozen
from policyctl.core.proofs import entry_proof, growth_proof
from policyctl.core.signed_note import Note, note_bytes
from policyctl.core.trust_root import CHECKPOINT_NAMESPACE
from policyctl.errors import NotJudgedError, RefusedError, TamperingError, UsageError
from policyctl.usecases.ledger_state import Hands, committer, signing_person
from policyctl.usecases.ports import Person
from policyctl.usecases.verify import Verification
from policyctl.usecases.witness_ports import Checkpoints, Line

_OWED = frozenset(
    {"APPROVALS_MISSING", "EMERGENCY_OVERDUE", "ROOT_THRESHOLD", "TOMBSTONE_THRESHOLD"}
)

Stamp = Callable[[bytes], bytes]
"""The text of a time stamp over a note, from an authority or a file that the user brought."""


@frozen
class MadeCheckpoint:
    """What the command did, or would do.

    Attributes:
        checkpoint: the new checkpoint; where nothing grew, the last one.
        grown: whether there was anything to state.
        who: the person who signed.
        note: the signed note; empty if none was made.
        tags: the tags that were made.
    """

    checkpoint: Checkpoint
    grown: bool
    who: str = ""
    note: bytes = b""
    tags: tuple[str, ...] = ()


def make_checkpoint(
    verified: Verification,
    *,
    hands: Hands,
    checkpoints: Checkpoints,
    line: Line,
    now: datetime,
    stamp: Stamp | None = None,
    dry_run: bool = False,
) -> MadeCheckpoint:
    """State how far the ledger reaches, if that is further than at the last checkpoint.

    Args:
        verified: what verification says of the commit.
        hands: repository and signer.
        checkpoints: where notes are kept.
        line: how the commit stands in the history.
        now: the time of the tag.
        stamp: has the note's time attested, or None.
        dry_run: say what would be stated, and sign nothing.

    Raises:
        TamperingError: the commit does not verify.
        RefusedError: approvals are owed, the commit is old, or the user may not sign.
        NotJudgedError: there are checkpoints that could not be compared.
    """
    _require_sound(verified)
    if not (line.is_on_main() or line.is_ahead_of_main()):
        raise RefusedError(
            "this commit is not on the main branch, and checkpoints state what was merged",
            hint=line.doubt() or "git switch main",
        )
    found = _next(verified)
    known = verified.witnessed.checkpoints
    if known.last and not found.grew and found.root == known.last.checkpoint.root:
        return MadeCheckpoint(checkpoint=known.last.checkpoint, grown=False)
    if dry_run:
        return MadeCheckpoint(checkpoint=found, grown=True)
    root = verified.ledger.roots.by_version[found.root]
    who = signing_person(root, hands.signer)
    if who not in root.checkpointers:
        raise RefusedError(
            f"'{who}' may not sign checkpoints under trust root {root.version}",
            hint=f"one of these may: {', '.join(root.checkpointers)}",
        )
    text = checkpoint_text(found)
    armored = hands.signer.sign(text.encode(), CHECKPOINT_NAMESPACE)
    signature = signature_line(found, hands.signer.key, armored)
    note = note_bytes(Note(text=text, signatures=(signature,)))
    # Before anything is written: an authority that does not answer leaves nothing behind.
    token = stamp(note) if stamp else None
    by: Person = committer(hands, root, who)
    tags = [checkpoints.keep(found.number, note, commit=verified.commit, by=by, now=now)]
    if token is not None:
        tags.append(checkpoints.stamp(found.number, token, by=by, now=now))
    return MadeCheckpoint(checkpoint=found, grown=True, who=who, note=note, tags=tuple(tags))


def keep_timestamp(
    verified: Verification,
    text: bytes,
    *,
    hands: Hands,
    checkpoints: Checkpoints,
    now: datetime,
) -> MadeCheckpoint:
    """Put a time stamp beside the newest checkpoint.

    Args:
        verified: what verification says of the commit.
        text: the time stamp, as a tag keeps it.
        hands: repository and git's user.
        checkpoints: where notes are kept.
        now: the time of the tag.

    Raises:
        RefusedError: there is no checkpoint, or it has a time stamp already.
    """
    _require_sound(verified)
    known = verified.witnessed.checkpoints
    if known.last is None:
        raise RefusedError("there is no checkpoint yet", hint="policyctl checkpoint")
    found = known.last.checkpoint
    if found.number in checkpoints.timestamps():
        raise RefusedError(f"checkpoint {found.number} has a time stamp already")
    root = verified.ledger.roots.by_version[found.root]
    by = committer(hands, root, known.last.signers[0])
    tag = checkpoints.stamp(found.number, text, by=by, now=now)
    return MadeCheckpoint(checkpoint=found, grown=True, tags=(tag,))


def notes_in_order(verified: Verification) -> bytes:
    """The notes of all checkpoints that hold, one after the other.

    Raises:
        RefusedError: there is none.
    """
    _require_sound(verified)
    links = verified.witnessed.checkpoints.links
    if not links:
        raise RefusedError("there is no checkpoint yet", hint="policyctl checkpoint")
    return b"".join(link.note.content for link in links)


def prove(what: str, verified: Verification) -> bytes:
    """A proof about the newest checkpoint, for somebody who does not have the ledger.

    Args:
        what: the number of an earlier checkpoint, or ``<policy>/<seq>``.
        verified: what verification says of the commit.

    Raises:
        UsageError: it is neither, or nothing can be shown about it.
        RefusedError: there is no checkpoint.
    """
    _require_sound(verified)
    known, ledger = verified.witnessed.checkpoints, verified.ledger
    if known.last is None:
        raise RefusedError("there is no checkpoint yet", hint="policyctl checkpoint")
    policy, _, number = what.rpartition("/")
    hint = "--prove 3 for checkpoint 3, or --prove support-assistant/2 for an entry"
    if not (number.isascii() and number.isdigit() and len(number) < 10):  # noqa: PLR2004
        raise UsageError(f"--prove {what!r} names neither a checkpoint nor an entry", hint=hint)
    if not policy and not 1 <= int(number) <= known.compared:
        raise UsageError(f"there is no checkpoint {number}", hint=hint)
    try:
        if policy:
            return entry_proof(policy, int(number), known, ledger)
        return growth_proof(int(number), known, ledger)
    except ValueError as error:
        raise UsageError(str(error), hint=hint) from error


def _require_sound(verified: Verification) -> None:
    errors = [item for item in verified.findings if item.severity is Severity.ERROR]
    grave = [item for item in errors if item.code not in _OWED]
    if grave:
        raise TamperingError(
            f"the commit does not verify ({grave[0].code}): {grave[0].message}",
            hint="policyctl verify",
        )
    if errors:
        raise RefusedError(errors[0].message, hint=errors[0].hint)
    if verified.gaps:
        raise NotJudgedError(verified.gaps[0].message, hint=verified.gaps[0].hint)
    known = verified.witnessed.checkpoints
    if known.compared < len(known.links):
        raise RefusedError(
            f"this commit does not hold what checkpoint {len(known.links)} covers",
            hint="make checkpoints on the newest commit of the main branch",
        )


def _next(verified: Verification) -> Checkpoint:
    ledger, known = verified.ledger, verified.witnessed.checkpoints
    root = ledger.roots.latest
    assert root is not None  # a ledger without one does not verify
    grew: dict[str, int] = {}
    owed: dict[tuple[str, int], str] = {}
    tree = known.tree.copy()
    for policy, chain in sorted(ledger.chains.items()):
        length = _settled(chain)
        begin = known.lengths.get(policy, 0)
        if length > begin:
            grew[policy] = length
        for item in chain.entries[begin:length]:
            tree.append(leaf_bytes(item))
        owed |= {(policy, item.entry.seq): item.digest for item in chain.entries[length:]}
    return Checkpoint(
        log=root.log,
        number=len(known.links) + 1,
        size=tree.size,
        tree=tree.root,
        root=root.version,
        root_digest=ledger.roots.digests[root.version],
        grew=grew,
        owed=owed,
        previous=checkpoint_digest(known.last.checkpoint) if known.last else "",
    )


def _settled(chain: Chain) -> int:
    """How many entries, from the first, have all their approvals."""
    return sum(1 for _ in takewhile(lambda item: not item.missing, chain.entries))
