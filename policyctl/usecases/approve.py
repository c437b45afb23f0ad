"""Show what is about to be signed, and sign it in a role."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from policyctl.core import paths
from policyctl.core.canonical import sha256
from policyctl.core.diff.change import PolicyChange
from policyctl.core.diff.policies import policy_changes
from policyctl.core.effective import Effective
from policyctl.core.emergency import deadline
from policyctl.core.entry import ChangeAction, Entry
from policyctl.core.frozen import frozen, replace
from policyctl.core.policy import Policy
from policyctl.core.recorded import Recorded
from policyctl.core.snapshot import content_of
from policyctl.core.trailers import commit_message, entry_trailers
from policyctl.core.trust_root import TrustRoot, approval_namespace
from policyctl.errors import RefusedError, UsageError
from policyctl.usecases.governed import CommittedGovernance
from policyctl.usecases.ledger_state import (
    Hands,
    LedgerState,
    committer,
    ledger_state,
    signing_person,
)
from policyctl.usecases.pending import Pending, approvable, pending_of, policies_of
from policyctl.usecases.reading import read_document


@frozen
class Approval:
    """An approval, about to be given or given.

    Attributes:
        content: the bytes that are signed.
        who: the person who signs.
        role: the role in which they sign.
        before: the policy file's bytes before the change; None if there were none, or no commit
            has them.
        after: the bytes that the entry binds to; None if there are none, or no commit has them.
        policy: the policy in force after the change, where it can be read.
        previous: the policy in force before it, likewise.
        changes: what differs in policy terms; None where that cannot be told.
        evidence: the bytes of the report that the entry names, or None.
        missing: approvals still owed once this one is given, by role.
        due: when an emergency owes its approvals.
        commit: the commit's id once the approval is given.
    """

    entry: Entry
    content: bytes
    author: str
    who: str
    role: str
    before: bytes | None
    after: bytes | None
    policy: Policy | None
    previous: Policy | None
    changes: tuple[PolicyChange, ...] | None
    evidence: bytes | None
    given: Mapping[str, frozenset[str]]
    missing: Mapping[str, int]
    due: datetime | None = None
    solo: bool = False
    commit: str = ""

    @property
    def path(self) -> str:
        """The signature's file."""
        return paths.signature_path(self.entry.policy, self.entry.seq, self.who, self.role)


def prepare_approvals(
    policies: Sequence[str],
    *,
    role: str | None,
    now: datetime,
    hands: Hands,
    change: str | None = None,
) -> tuple[Approval, ...]:
    """What the user would sign: for each policy, the oldest pending entry that they can approve.

    Args:
        policies: ids of policies.
        role: the role to sign in; None where only one is possible.
        now: the moment by which the expiry of exceptions is judged.
        hands: repository, signer and readers.
        change: the name of a change, for the policies whose entries of it wait.

    Raises:
        RefusedError: nothing is pending, or the user may not approve it.
        UsageError: there is no such role, policy or change, or several roles are possible.
    """
    state = ledger_state(hands)
    names = [*policies, *(policies_of(state, change) if change is not None else ())]
    if not names:
        raise UsageError("nothing is named that could be approved", hint="an ID, or --change NAME")
    who = signing_person(state.root, hands.signer)
    approvals = []
    for policy in dict.fromkeys(names):
        found = pending_of(state, policy)
        if change is not None and policy not in policies:
            found = tuple(one for one in found if one.item.entry.change == change)
        pending, chosen = approvable(state.ledger.roots, found, who, role)
        _require_known(pending.judge(state.ledger.roots), pending, who, hands)
        approvals.append(approval_of(pending, who, chosen, state, now=now, hands=hands))
    hands.repository.require_ready(
        [
            *(approval.path for approval in approvals),
            *(approval.entry.path for approval in approvals),
        ]
    )
    return tuple(approvals)


def approval_of(
    pending: Pending, who: str, role: str, state: LedgerState, *, now: datetime, hands: Hands
) -> Approval:
    """Everything that somebody who approves should know."""
    item, entry = pending.item, pending.item.entry
    old = _bytes(entry.path, entry.before, state, hands)
    new = _bytes(entry.path, entry.after, state, hands)
    previous, policy = (_effective(content, state, entry, hands) for content in (old, new))
    # A version that nobody can read here may have said anything.
    told = (previous is not None or entry.before is None) and (
        policy is not None or entry.after is None
    )
    return Approval(
        entry=entry,
        content=item.content,
        author=", ".join(sorted(item.authors)),
        who=who,
        role=role,
        before=old,
        after=new,
        policy=policy.policy if policy else None,
        previous=previous.policy if previous else None,
        changes=policy_changes(previous, policy, now=now) if told else None,
        evidence=_evidence(state, entry),
        given=item.approvals,
        missing=_left(item.missing, role),
        due=_due(entry, state),
        solo=state.root.solo,
    )


def sign_approvals(approvals: Sequence[Approval], *, hands: Hands) -> dict[str, bytes]:
    """The signature files, by path: for somebody else to add, or to commit."""
    return {
        approval.path: hands.signer.sign(approval.content, approval_namespace(approval.role))
        for approval in approvals
    }


def give_approvals(
    approvals: Sequence[Approval], *, now: datetime, hands: Hands
) -> tuple[Approval, ...]:
    """Sign the entries' exact bytes and commit the signatures, all of them or none.

    Raises:
        RefusedError: an entry changed since the approvals were prepared.
    """
    state = ledger_state(hands)
    for approval in approvals:
        _require_same(approval, state)
    return commit_approvals(
        approvals, sign_approvals(approvals, hands=hands), state, now=now, hands=hands
    )


def _require_known(root: TrustRoot, pending: Pending, who: str, hands: Hands) -> None:
    if root.holder(hands.signer.key) != who:
        raise RefusedError(
            f"entry {pending.item.entry.seq} is judged by trust root {root.version}, which does "
            f"not list this key of '{who}'",
            hint="sign with a key that it lists, or take the entry back and record it again",
        )


def commit_approvals(
    approvals: Sequence[Approval],
    files: Mapping[str, bytes],
    state: LedgerState,
    *,
    now: datetime,
    hands: Hands,
) -> tuple[Approval, ...]:
    """Commit signatures that were made, by whomever."""
    trailers = [trailer for approval in approvals for trailer in _trailers(approval)]
    commit = hands.repository.commit(
        dict(files),
        message=commit_message(_subject(approvals), trailers),
        by=committer(hands, state.root, approvals[0].who),
        now=now,
    )
    return tuple(replace(approval, commit=commit) for approval in approvals)


def _require_same(approval: Approval, state: LedgerState) -> None:
    chain = state.chain(approval.entry.policy)
    entries: tuple[Recorded, ...] = chain.entries if chain else ()
    if any(item.missing and item.content == approval.content for item in entries):
        return
    raise RefusedError(
        f"'{approval.entry.policy}' changed meanwhile, so nothing was signed",
        hint="look at it again with 'policyctl approve'",
    )


def _subject(approvals: Sequence[Approval]) -> str:
    approval = approvals[0]
    entry = approval.entry
    if len(approvals) > 1:
        names = ", ".join(one.entry.policy for one in approvals)
        return f"policy: approve {len(approvals)} policies ({names})"
    return f"policy({entry.policy}): approve {entry.transition} as {approval.role}"


def _trailers(approval: Approval) -> list[tuple[str, str]]:
    known = {name: sorted(people) for name, people in approval.given.items() if people}
    known[approval.role] = sorted({*known.get(approval.role, []), approval.who})
    return entry_trailers(approval.entry, known)


def _left(missing: Mapping[str, int], role: str) -> dict[str, int]:
    left = {**missing, role: missing[role] - 1}
    return {name: count for name, count in left.items() if count}


def _due(entry: Entry, state: LedgerState) -> datetime | None:
    root: TrustRoot | None = state.ledger.roots.by_version.get(entry.root)
    if entry.action is not ChangeAction.EMERGENCY_DEMOTE or root is None or root.emergency is None:
        return None
    return deadline(entry, root.emergency)


def _bytes(path: str, digest: str | None, state: LedgerState, hands: Hands) -> bytes | None:
    """The bytes that an entry binds to: as they stand, or as a commit had them."""
    if digest is None:
        return None
    content = content_of(state.snapshot, path)
    if content is not None and sha256(content) == digest:
        return content
    return hands.repository.past_content(path, digest)


def _effective(
    content: bytes | None, state: LedgerState, entry: Entry, hands: Hands
) -> Effective | None:
    if content is None:
        return None
    reading = read_document(
        content,
        file=entry.path,
        documents=hands.documents,
        governance=CommittedGovernance(state.snapshot, state.root, hands.catalogues),
    )
    return reading.effective


def _evidence(state: LedgerState, entry: Entry) -> bytes | None:
    for reference in entry.evidence:
        return content_of(state.snapshot, paths.HOME + reference.name)
    return None
