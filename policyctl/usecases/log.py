"""The trail of a policy, or of all, for people."""

from __future__ import annotations

from datetime import datetime

from policyctl.core.finding import Finding, Severity
from policyctl.core.frozen import frozen
from policyctl.core.owed_signatures import broken_in
from policyctl.core.recorded import Recorded
from policyctl.errors import TamperingError
from policyctl.usecases.ledger_state import Hands, ledger_state, unknown_policy
from policyctl.usecases.root import broken_roots


@frozen
class Trail:
    """Entries in the order in which they were asked for, and what verification says of them.

    Attributes:
        broken: the findings that no signature of those who still have to sign would cure.
    """

    entries: tuple[Recorded, ...]
    findings: tuple[Finding, ...]
    broken: tuple[Finding, ...]
    solo: bool

    @property
    def owed(self) -> tuple[Finding, ...]:
        """What is late or waits for signatures, and no entry tells of itself."""
        errors = (item for item in self.findings if item.severity is Severity.ERROR)
        told = {"APPROVALS_MISSING", *(item.code for item in self.broken)}
        return tuple(item for item in errors if item.code not in told)

    @property
    def exit_code(self) -> int:
        """As of every command that reads a ledger which does not verify."""
        return TamperingError.exit_code if self.broken else 0


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
    broken = {*broken_in(findings), *broken_roots(ledger)}
    latest = ledger.roots.latest
    return Trail(
        entries=tuple(entries),
        findings=findings,
        broken=tuple(item for item in findings if item in broken),
        solo=bool(latest and latest.solo),
    )
