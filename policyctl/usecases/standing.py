"""A recorded policy as it stands: verified, settled, and not being edited."""

from __future__ import annotations

from policyctl.core import paths
from policyctl.core.canonical import sha256
from policyctl.core.entry import ChangeAction
from policyctl.core.frozen import frozen
from policyctl.core.recorded import Recorded
from policyctl.errors import TamperingError
from policyctl.usecases.governed import CommittedGovernance
from policyctl.usecases.ledger_state import (
    Hands,
    LedgerState,
    ledger_state,
    require_intact,
    require_settled,
    unknown_policy,
)
from policyctl.usecases.reading import Reading, read_document


@frozen
class Standing:
    """A policy, its last entry, and what surrounds it.

    Attributes:
        reading: the committed file, which is what the last entry recorded.
    """

    state: LedgerState
    governance: CommittedGovernance
    last: Recorded
    reading: Reading


def standing(
    policy: str, action: ChangeAction, hands: Hands, state: LedgerState | None = None
) -> Standing:
    """The policy, ready to be moved.

    Args:
        policy: the policy's id.
        action: what is about to be recorded.
        hands: repository and readers.
        state: the ledger, where it was read already.

    Raises:
        UsageError: there is no recorded policy of this id.
        RefusedError: it has unrecorded changes, or a change that waits for approval.
        RepositoryError: the working tree holds changes of its file.
        TamperingError: its chain does not verify.
    """
    state = state or ledger_state(hands)
    require_intact(state, policy)
    last = require_settled(state, policy, action)
    if last is None or last.entry.after is None:
        raise unknown_policy(state.ledger, policy)
    hands.repository.require_ready([paths.policy_path(policy)])
    content = state.content(policy)
    if content is None or sha256(content) != last.entry.after:
        raise TamperingError(f"'{policy}' is not what its last entry recorded")
    governance = CommittedGovernance(state.snapshot, state.root, hands.catalogues)
    reading = _read(content, policy, governance, hands)
    return Standing(state=state, governance=governance, last=last, reading=reading)


def reread(content: bytes, found: Standing, hands: Hands) -> Reading:
    """Another content of the same policy file, read under the same governance."""
    return _read(content, found.last.entry.policy, found.governance, hands)


def _read(content: bytes, policy: str, governance: CommittedGovernance, hands: Hands) -> Reading:
    return read_document(
        content,
        file=paths.policy_path(policy),
        documents=hands.documents,
        governance=governance,
    )
