"""Putting one more entry on a policy's chain: made, signed and committed in one step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from policyctl.core import paths
from policyctl.core.canonical import sha256
from policyctl.core.chain import Recorded, needed, owners
from policyctl.core.entry import (
    ChangeAction,
    Entry,
    EvidenceReference,
    entry_bytes,
    rationale_problem,
)
from policyctl.core.policy import Policy
from policyctl.core.stages import Stage
from policyctl.core.trailers import commit_message, entry_trailers
from policyctl.core.trust_root import AUTHOR_NAMESPACE, TrustRoot
from policyctl.errors import UsageError
from policyctl.usecases.ledger_state import Hands, LedgerState, committer, signing_person


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to be recorded.

    Attributes:
        name: shared by the entries of one change, drawn by the caller.
        target: the stage after the change; None where the policy ends.
        after: the policy file's bytes after the change; None where the file goes.
        evidence: the bytes of the report that stands behind it, or None.
    """

    name: str
    action: ChangeAction
    target: Stage | None
    after: bytes | None
    policy: Policy
    rationale: str
    now: datetime
    evidence: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedChange:
    """What a recording command did, or would do.

    Attributes:
        author: the person who signed.
        commit: the commit's id; empty for a dry run.
        need: approvals that the entry owes, by role.
        candidates: people who may give them, by role.
    """

    entry: Entry
    author: str
    need: Mapping[str, int]
    candidates: Mapping[str, tuple[str, ...]]
    commit: str = ""
    files: tuple[str, ...] = ()
    solo: bool = False


def require_rationale(text: str) -> None:
    """Raise `UsageError` unless ``text`` can stand as a rationale."""
    problem = rationale_problem(text)
    if problem:
        raise UsageError(problem, hint="--rationale 'one line that says why'")


def record_change(
    change: Change, last: Recorded | None, state: LedgerState, hands: Hands, *, dry_run: bool
) -> RecordedChange:
    """Write the entry, the author's signature and the policy file as one commit.

    Args:
        change: what is to be recorded.
        last: the entry before it, or None for a new policy.
        state: the ledger at the commit that is checked out.
        hands: repository and signer.
        dry_run: say what would happen, and change nothing.
    """
    root = state.root
    author = signing_person(root, hands.signer)
    entry = _entry(change, last, root)
    content = entry_bytes(entry)
    policy, seq = entry.policy, entry.seq
    files: dict[str, bytes | None] = {
        entry.path: change.after,
        paths.entry_path(policy, seq): content,
    }
    if change.evidence is not None:
        files[paths.HOME + paths.evidence_name(policy, seq)] = change.evidence
    commit = ""
    hands.repository.require_ready([path for path in sorted(files) if path != entry.path])
    if not dry_run:
        signature = hands.signer.sign(content, AUTHOR_NAMESPACE)
        files[paths.signature_path(policy, seq, author)] = signature
        message = commit_message(_subject(entry), entry_trailers(entry))
        by = committer(hands, root, author)
        commit = hands.repository.commit(files, message=message, by=by, now=change.now)
    need = needed(root, entry, last.entry if last else None)
    barred = owners(root, entry, last.entry if last else None) | {author}
    return RecordedChange(
        entry=entry,
        author=author,
        need=need,
        candidates=_candidates(root, need, frozenset() if root.solo else barred),
        commit=commit,
        files=tuple(sorted(files)),
        solo=root.solo,
    )


def _entry(change: Change, last: Recorded | None, root: TrustRoot) -> Entry:
    policy = change.policy
    seq = last.entry.seq + 1 if last else 1
    evidence: tuple[EvidenceReference, ...] = ()
    if change.evidence is not None:
        name = paths.evidence_name(policy.id, seq)
        evidence = (EvidenceReference(name=name, sha256=sha256(change.evidence)),)
    return Entry(
        log=root.log,
        policy=policy.id,
        path=paths.policy_path(policy.id),
        seq=seq,
        prev=last.digest if last else None,
        change=change.name,
        action=change.action,
        source=last.entry.target if last else None,
        target=change.target,
        before=last.entry.after if last else None,
        after=sha256(change.after) if change.after is not None else None,
        owner=policy.owner,
        use_case=policy.use_case,
        rationale=change.rationale,
        evidence=evidence,
        root=root.version,
        requested_at=change.now,
    )


def _subject(entry: Entry) -> str:
    if entry.source is entry.target or entry.source is None:
        return f"policy({entry.policy}): {entry.action.value}"
    return f"policy({entry.policy}): {entry.action.value} {entry.transition}"


def _candidates(
    root: TrustRoot, need: Mapping[str, int], barred: frozenset[str]
) -> dict[str, tuple[str, ...]]:
    return {
        role: tuple(who for who in root.roles[role].members if who not in barred) for role in need
    }
