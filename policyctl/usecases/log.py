"""The trail of a policy, or of all, for people."""

from __future__ import annotations

from datetime import datetime

from policyctl.core.finding import Finding, Severity
from policyctl.core.frozen import frozen
from policyctl.core.recorded import Recorded
from policyctl.usecases.ledger_state import Hands, ledger_state, unknown_policy


@frozen
class Trail:
    """Entries in the order in which they were asked for, and what verification says of them."""

    entries: tuple[Recorded, ...]
    findings: tuple[Finding, ...]
    solo: bool

    @property
    def sound(self) -> bool:
        """True if nothing worse than a warning was found."""
        return all(finding.severity < Severity.ERROR for finding in self.findings)


def trail(policy: str | None, *, now: datetime, hands: Hands) -> Trail:
    """The entries of one policy, or of every policy.

    Args:
        policy: the policy's id; None for all.
        now: the present, by which deadlines are judged.
        hands: repository and readers.

    Raises:
        UsageError: the ledger has no entry of this policy.
    """
    state = ledger_state(hands, now)
    ledger = state.ledger
    if policy is not None and policy not in ledger.chains:
        raise unknown_policy(state.ledger, policy)
    chains = [chain for name, chain in ledger.chains.items() if policy in (None, name)]
    entries = [item for chain in chains for item in chain.entries]
    entries.sort(key=lambda item: (item.entry.requested_at, item.entry.policy, item.entry.seq))
    findings = ledger.about(policy) if policy is not None else ledger.findings
    latest = ledger.roots.latest
    return Trail(entries=tuple(entries), findings=findings, solo=bool(latest and latest.solo))
