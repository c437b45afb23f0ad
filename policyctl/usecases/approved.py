"""The policy as it was approved, or as it stands in the working tree."""

from __future__ import annotations

from datetime import datetime

from policyctl.core.canonical import sha256
from policyctl.core.engines.target import Provenance
from policyctl.core.frozen import frozen
from policyctl.core.paths import policy_path
from policyctl.core.policy import Policy
from policyctl.core.recorded import in_force
from policyctl.errors import InputError, RefusedError, TamperingError
from policyctl.usecases.governed import CommittedGovernance
from policyctl.usecases.ledger_state import (
    Hands,
    LedgerState,
    ledger_state,
    require_intact,
    unknown_policy,
)
from policyctl.usecases.reading import read_document, require_effective


@frozen
class Approved:
    """A policy in force, and what vouches for it.

    Attributes:
        waiting: the entry that waits for approval on top of it, as people call it, or empty.
    """

    policy: Policy
    provenance: Provenance
    waiting: str = ""


def approved_policy(policy: str, hands: Hands, *, now: datetime) -> Approved:
    """The bytes that the ledger's last approved entry names, joined with their baseline.

    An emergency demotion counts at once, whatever approval it still owes.

    Raises:
        DocumentError: the file has errors.
        RefusedError: nothing of it was approved yet, or the policy is retired.
        TamperingError: the ledger does not verify.
        UsageError: there is no such policy.
    """
    state = ledger_state(hands, now)
    chain = state.chain(policy)
    if chain is None or chain.last is None:
        raise unknown_policy(state.ledger, policy)
    require_intact(state, policy, unrecorded=True)
    standing = in_force(chain.entries)
    if standing is None:
        owed = ", ".join(f"{count} x {role}" for role, count in chain.last.missing.items())
        raise RefusedError(
            f"no entry of '{policy}' is approved yet; the last one waits for {owed}",
            hint=f"policyctl approve {policy}, or --draft for the file as it is",
        )
    entry = standing.entry
    if entry.after is None:
        raise RefusedError(f"'{policy}' is retired: nothing of it is to run")
    content = _content(state, hands, policy, entry.after)
    waits = chain.last is not standing
    return _read(
        content,
        state,
        hands,
        Provenance(policy=policy, entry=entry.seq, digest=entry.after),
        f"entry {chain.last.entry.seq} ({chain.last.entry.transition})" if waits else "",
    )


def draft_policy(policy: str, hands: Hands, *, now: datetime) -> Approved:
    """The file as the working tree has it, approved or not.

    Raises:
        DocumentError: the file has errors.
        InputError: there is no such file.
    """
    state = ledger_state(hands, now)
    content = hands.repository.working_file(policy_path(policy))
    if content is None:
        raise InputError(f"there is no {policy_path(policy)}", hint=f"policyctl new {policy} …")
    return _read(
        content,
        state,
        hands,
        Provenance(policy=policy, entry=0, digest=sha256(content)),
        "",
    )


def _content(state: LedgerState, hands: Hands, policy: str, digest: str) -> bytes:
    present = state.content(policy)
    if present is not None and sha256(present) == digest:
        return present
    content = hands.repository.past_content(policy_path(policy), digest)
    if content is None:
        raise TamperingError(
            f"no commit has the approved bytes of '{policy}' (sha256 {digest[:12]}…)",
            hint="deepen a shallow clone: git fetch --unshallow",
        )
    return content


def _read(
    content: bytes, state: LedgerState, hands: Hands, provenance: Provenance, waiting: str
) -> Approved:
    reading = read_document(
        content,
        file=policy_path(provenance.policy),
        documents=hands.documents,
        governance=CommittedGovernance(state.snapshot, state.root, hands.catalogues),
    )
    policy = require_effective(reading).policy
    return Approved(policy=policy, provenance=provenance, waiting=waiting)
