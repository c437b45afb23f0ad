"""Show what is about to be signed, and sign it in a role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from policyctl.core import paths
from policyctl.core.chain import Recorded, owners
from policyctl.core.entry import Entry
from policyctl.core.policy import Policy
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
    require_intact,
    signing_person,
)
from policyctl.usecases.reading import read_document


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """An approval, about to be given or given.

    Attributes:
        who: the person who signs.
        role: the role in which they sign.
        before: the policy file's bytes before the change; None if there were none, or no commit
            has them.
        after: the bytes that the entry binds to.
        policy: the policy in force after the change, where it can be read.
        previous: the policy in force before it, likewise.
        evidence: the bytes of the report that the entry names, or None.
        missing: approvals still owed once this one is given, by role.
        commit: the commit's id once the approval is given.
    """

    entry: Entry
    author: str
    who: str
    role: str
    before: bytes | None
    after: bytes | None
    policy: Policy | None
    previous: Policy | None
    evidence: bytes | None
    missing: Mapping[str, int]
    solo: bool = False
    commit: str = ""


def prepare_approval(policy: str, *, role: str | None, hands: Hands) -> Approval:
    """What the user would sign for the policy's pending entry.

    Args:
        policy: the policy's id.
        role: the role to sign in; None where only one is possible.
        hands: repository, signer and readers.

    Raises:
        RefusedError: nothing is pending, or the user may not approve it.
        UsageError: there is no such role or policy, or several roles are possible.
    """
    state = ledger_state(hands)
    require_intact(state, policy)
    chain = state.chain(policy)
    last = chain.last if chain else None
    if chain is None or last is None:
        raise UsageError(f"there is no recorded policy '{policy}'")
    if not last.missing:
        raise RefusedError(f"no change of '{policy}' waits for approval")
    before = chain.entries[-2] if len(chain.entries) > 1 else None
    who = signing_person(state.root, hands.signer)
    # The entry is judged by the root that it names, which may be older than the newest.
    judge = state.ledger.roots.by_version[last.entry.root]
    _require_known(judge, last, who, hands)
    _require_apart(judge, last, before, who)
    chosen = _role(judge, last, who, role)
    entry = last.entry
    hands.repository.require_ready(
        [paths.signature_path(policy, entry.seq, who, chosen), paths.policy_path(policy)]
    )
    old = hands.repository.past_content(entry.path, entry.before) if entry.before else None
    return Approval(
        entry=entry,
        author=", ".join(sorted(last.authors)),
        who=who,
        role=chosen,
        before=old,
        after=state.content(policy),
        policy=_policy(state.content(policy), state, entry, hands),
        previous=_policy(old, state, entry, hands),
        evidence=_evidence(state, entry),
        missing=_left(last.missing, chosen),
        solo=state.root.solo,
    )


def give_approval(approval: Approval, *, now: datetime, hands: Hands) -> str:
    """Sign the entry's exact bytes and commit the signature; the id of the commit.

    Raises:
        RefusedError: the entry changed since the approval was prepared.
    """
    state = ledger_state(hands)
    chain = state.chain(approval.entry.policy)
    last = chain.last if chain else None
    if last is None or last.entry != approval.entry:
        raise RefusedError(
            f"'{approval.entry.policy}' changed meanwhile, so nothing was signed",
            hint="look at it again with 'policyctl approve'",
        )
    entry, who, role = approval.entry, approval.who, approval.role
    signature = hands.signer.sign(last.content, approval_namespace(role))
    known = {name: sorted(people) for name, people in last.approvals.items() if people}
    known[role] = sorted({*known.get(role, []), who})
    subject = f"policy({entry.policy}): approve {entry.transition} as {role}"
    return hands.repository.commit(
        {paths.signature_path(entry.policy, entry.seq, who, role): signature},
        message=commit_message(subject, entry_trailers(entry, known)),
        by=committer(hands, state.root, who),
        now=now,
    )


def _require_known(root: TrustRoot, last: Recorded, who: str, hands: Hands) -> None:
    if root.holder(hands.signer.key) != who:
        raise RefusedError(
            f"entry {last.entry.seq} is judged by trust root {root.version}, which does not list "
            f"this key of '{who}'",
            hint="sign with a key that it lists, or take the entry back and record it again",
        )


def _require_apart(root: TrustRoot, last: Recorded, before: Recorded | None, who: str) -> None:
    if root.solo:
        return
    entry = last.entry
    if who in last.authors:
        raise RefusedError(f"'{who}' wrote entry {entry.seq} and cannot approve it")
    if who in owners(root, entry, before.entry if before else None):
        raise RefusedError(f"'{who}' owns '{entry.policy}' ({entry.owner}) and cannot approve it")


def _role(root: TrustRoot, last: Recorded, who: str, asked: str | None) -> str:
    if asked is not None and asked not in root.roles:
        near = get_close_matches(asked, root.roles, n=1, cutoff=0.5)
        known = ", ".join(sorted(root.roles))
        hint = f"did you mean '{near[0]}'?" if near else f"one of: {known}"
        raise UsageError(f"there is no role '{asked}'", hint=hint)
    owed = ", ".join(f"{count} x {role}" for role, count in sorted(last.missing.items()))
    possible = [role for role in sorted(last.missing) if who in root.roles[role].members]
    if asked is not None:
        possible = [role for role in possible if role == asked]
    given = {role for role, people in last.approvals.items() if who in people}
    if given:
        raise RefusedError(f"'{who}' approved entry {last.entry.seq} already; {owed} is owed")
    if not possible:
        mine = ", ".join(root.roles_of(who)) or "no role"
        raise RefusedError(f"entry {last.entry.seq} needs {owed}, and '{who}' fills {mine}")
    if len(possible) > 1:
        raise UsageError(
            f"'{who}' can approve as {' or '.join(possible)}", hint=f"--role {possible[0]}"
        )
    return possible[0]


def _left(missing: Mapping[str, int], role: str) -> dict[str, int]:
    left = {**missing, role: missing[role] - 1}
    return {name: count for name, count in left.items() if count}


def _policy(content: bytes | None, state: LedgerState, entry: Entry, hands: Hands) -> Policy | None:
    if content is None:
        return None
    reading = read_document(
        content,
        file=entry.path,
        documents=hands.documents,
        governance=CommittedGovernance(state.snapshot, state.root, hands.catalogues),
    )
    return reading.effective.policy if reading.effective else None


def _evidence(state: LedgerState, entry: Entry) -> bytes | None:
    for reference in entry.evidence:
        return content_of(state.snapshot, paths.HOME + reference.name)
    return None
