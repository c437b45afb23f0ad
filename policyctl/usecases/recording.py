"""Putting entries on the chains of policies: made, signed and committed in one step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from policyctl.core import paths
from policyctl.core.canonical import sha256
from policyctl.core.emergency import deadline, earliest_request
from policyctl.core.entry import (
    ChangeAction,
    Entry,
    EvidenceReference,
    entry_bytes,
    moment_text,
    rationale_problem,
)
from policyctl.core.frozen import fresh, frozen, replace
from policyctl.core.needs import needed, owners
from policyctl.core.recorded import Recorded
from policyctl.core.stages import Stage
from policyctl.core.trailers import commit_message, entry_trailers
from policyctl.core.trust_root import AUTHOR_NAMESPACE, TrustRoot
from policyctl.errors import RefusedError, UsageError
from policyctl.usecases.ledger_state import Hands, LedgerState, committer, signing_person


@frozen
class Change:
    """What is to be recorded about one policy.

    Attributes:
        name: shared by the entries of one change, drawn by the caller.
        target: the stage after the change; None where the policy ends.
        after: the policy file's bytes after the change; None where the file goes.
        policy: the policy's id.
        owner: who owns it after the change.
        use_case: its use case after the change.
        last: the entry before it, or None for a new policy.
        evidence: the bytes of the report that stands behind it, or None.
        references: other files that stand behind it.
        files: what else the commit writes.
    """

    name: str
    action: ChangeAction
    target: Stage | None
    after: bytes | None
    policy: str
    owner: str
    use_case: str
    last: Recorded | None
    rationale: str
    now: datetime
    evidence: bytes | None = None
    references: tuple[EvidenceReference, ...] = ()
    files: Mapping[str, bytes] = fresh(default_factory=dict)


@frozen
class RecordedChange:
    """What a recording command did, or would do, to one policy.

    Attributes:
        author: the person who signed.
        commit: the commit's id; empty for a dry run.
        need: approvals that the entry owes, by role.
        candidates: people who may give them, by role.
        due: when an emergency owes its approvals; None for what is not in force without them.
    """

    entry: Entry
    author: str
    need: Mapping[str, int]
    candidates: Mapping[str, tuple[str, ...]]
    commit: str = ""
    files: tuple[str, ...] = ()
    due: datetime | None = None
    solo: bool = False


def require_rationale(text: str) -> None:
    """Raise `UsageError` unless ``text`` can stand as a rationale."""
    problem = rationale_problem(text)
    if problem:
        raise UsageError(problem, hint="--rationale 'one line that says why'")


def record_change(
    change: Change, state: LedgerState, hands: Hands, *, dry_run: bool
) -> RecordedChange:
    """Write the entry, the author's signature and the policy file as one commit.

    Args:
        change: what is to be recorded.
        state: the ledger at the commit that is checked out.
        hands: repository and signer.
        dry_run: say what would happen, and change nothing.
    """
    return record_changes([change], state, hands, dry_run=dry_run)[0]


def record_changes(
    changes: Sequence[Change], state: LedgerState, hands: Hands, *, dry_run: bool
) -> tuple[RecordedChange, ...]:
    """The same for several policies: one commit for all of them, or none."""
    root = state.root
    author = signing_person(root, hands.signer)
    outcomes = [_outcome(change, author, root) for change in changes]
    files: dict[str, bytes | None] = {}
    for change, outcome in zip(changes, outcomes, strict=True):
        files.update(_files(change, outcome.entry))
    policies = {outcome.entry.path for outcome in outcomes}
    hands.repository.require_ready([path for path in sorted(files) if path not in policies])
    if dry_run:
        return tuple(outcomes)
    for outcome in outcomes:
        entry = outcome.entry
        signature = hands.signer.sign(entry_bytes(entry), AUTHOR_NAMESPACE)
        files[paths.signature_path(entry.policy, entry.seq, author)] = signature
    entries = [outcome.entry for outcome in outcomes]
    trailers = [trailer for entry in entries for trailer in entry_trailers(entry)]
    commit = hands.repository.commit(
        files,
        message=commit_message(subject_of(entries), trailers),
        by=committer(hands, root, author),
        now=changes[0].now,
    )
    return tuple(replace(outcome, commit=commit) for outcome in outcomes)


def subject_of(entries: Sequence[Entry], verb: str = "") -> str:
    """The first line of the commit that is about these entries.

    Args:
        entries: what was recorded, at least one.
        verb: what the commit does with them, where that is not to record them.
    """
    entry = entries[0]
    if len(entries) > 1:
        what = verb or ", ".join(sorted({entry.action.value for entry in entries}))
        return f"policy: {what} {len(entries)} policies ({', '.join(e.policy for e in entries)})"
    words = [verb] if verb else []
    words.append(entry.action.value)
    if entry.source is not entry.target and entry.source is not None:
        words.append(entry.transition)
    return f"policy({entry.policy}): {' '.join(words)}"


def _outcome(change: Change, author: str, root: TrustRoot) -> RecordedChange:
    entry = _entry(change, root)
    before = change.last.entry if change.last else None
    need = needed(root, entry, before)
    barred = frozenset() if root.solo else owners(root, entry, before) | {author}
    signature = paths.signature_path(entry.policy, entry.seq, author)
    due = None
    if entry.action is ChangeAction.EMERGENCY_DEMOTE and need and root.emergency:
        due = deadline(entry, root.emergency)
    return RecordedChange(
        entry=entry,
        author=author,
        need=need,
        candidates=_candidates(root, need, barred),
        files=tuple(sorted((*_files(change, entry), signature))),
        due=due,
        solo=root.solo,
    )


def _files(change: Change, entry: Entry) -> dict[str, bytes | None]:
    """Everything that the commit writes but the author's signature."""
    files: dict[str, bytes | None] = {
        **change.files,
        paths.entry_path(entry.policy, entry.seq): entry_bytes(entry),
    }
    if entry.before != entry.after:
        files[entry.path] = change.after
    if change.evidence is not None:
        files[paths.HOME + paths.evidence_name(entry.policy, entry.seq)] = change.evidence
    return files


def _entry(change: Change, root: TrustRoot) -> Entry:
    last = change.last.entry if change.last else None
    if last is not None and change.now < earliest_request(last):
        raise RefusedError(
            f"entry {last.seq} of '{change.policy}' was requested at "
            f"{moment_text(last.requested_at)}, more than a day after the present",
            hint="set the clock, or --now",
        )
    seq = last.seq + 1 if last else 1
    references = change.references
    if change.evidence is not None:
        name = paths.evidence_name(change.policy, seq)
        references = (EvidenceReference(name=name, sha256=sha256(change.evidence)), *references)
    return Entry(
        log=root.log,
        policy=change.policy,
        path=paths.policy_path(change.policy),
        seq=seq,
        prev=change.last.digest if change.last else None,
        change=change.name,
        action=change.action,
        source=last.target if last else None,
        target=change.target,
        before=last.after if last else None,
        after=sha256(change.after) if change.after is not None else None,
        owner=change.owner,
        use_case=change.use_case,
        rationale=change.rationale,
        evidence=references,
        root=root.version,
        requested_at=change.now,
    )


def _candidates(
    root: TrustRoot, need: Mapping[str, int], barred: frozenset[str]
) -> dict[str, tuple[str, ...]]:
    return {
        role: tuple(who for who in root.roles[role].members if who not in barred) for role in need
    }
