"""The estate: every policy of a ledger as it stands at a moment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from policyctl.core.applied import DriftCheck
from policyctl.core.criterion import Outcome
from policyctl.core.effective import Effective
from policyctl.core.entry import ChangeAction
from policyctl.core.evidence import EvidenceReport
from policyctl.core.finding import Finding
from policyctl.core.frozen import frozen
from policyctl.core.policy import Policy
from policyctl.core.recorded import Recorded
from policyctl.core.stages import Stage
from policyctl.core.trust_root import TrustRoot
from policyctl.core.turns import Turn

NOT_IN_FORCE = "POLICY_NOT_IN_FORCE"
"""The code of the finding that a policy's approved file gives no policy to show."""


@frozen
class GateProgress:
    """How far a policy is on its way to the stage that follows.

    Attributes:
        target: that stage.
        window: how long detection records have to span.
        spent: how long the policy has been in its present stage.
        report: the gate judged on records; None where none were given.
    """

    target: Stage
    window: timedelta
    spent: timedelta
    report: EvidenceReport | None = None

    @property
    def met(self) -> int:
        """How many criteria are met, or complete days are spent where no records were given."""
        if self.report is None:
            return min(self.spent, self.window) // timedelta(days=1)
        return sum(item.outcome is Outcome.MET for item in self.report.criteria)

    @property
    def of(self) -> int:
        """How many of them there are."""
        if self.report is None:
            return max(-(-self.window // timedelta(days=1)), 1)
        return len(self.report.criteria)

    @property
    def share(self) -> Fraction:
        """How much of the way is done, 0 to 1."""
        return Fraction(min(self.met, self.of), self.of)


@frozen
class PolicyState:
    """One policy.

    Attributes:
        entries: its chain, oldest first; empty where it was never recorded.
        last: the entry that is in force; None where nothing was approved yet.
        effective: the policy in force as that entry left it; None if it is retired, or cannot be
            read.
        since: since when it has been in its stage; None where it is in none.
        turns: the approvals that are owed.
        gate: the way to the stage that follows, where there is one.
        checks: what engines were found to run, the newest for each engine.
        findings: what verification says about this policy alone, warnings included.
    """

    id: str
    entries: tuple[Recorded, ...]
    last: Recorded | None
    effective: Effective | None = None
    since: datetime | None = None
    turns: tuple[Turn, ...] = ()
    gate: GateProgress | None = None
    checks: tuple[DriftCheck, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def policy(self) -> Policy | None:
        """The policy in force."""
        return self.effective.policy if self.effective else None

    @property
    def stage(self) -> Stage | None:
        """The stage in force; None before the first approval, and once it is retired."""
        return self.last.entry.target if self.last else None

    @property
    def retired(self) -> bool:
        """True if it was ended on record."""
        return self.last is not None and self.last.entry.target is None

    @property
    def owner(self) -> str:
        """Who owns it, as its newest entry in force says; else as whatever was recorded says."""
        item = self.last or (self.entries[-1] if self.entries else None)
        return item.entry.owner if item else ""

    @property
    def use_case(self) -> str:
        """What it is used for, like the owner."""
        item = self.last or (self.entries[-1] if self.entries else None)
        return item.entry.use_case if item else ""

    @property
    def looked_at(self) -> datetime | None:
        """When somebody last changed it, or said that they reviewed it; a redaction is neither."""
        for item in reversed(self.entries):
            if item.entry.action is not ChangeAction.REDACT:
                return item.entry.requested_at
        return None

    @property
    def next_review(self) -> date | None:
        """The day by which its dials are to be reviewed again, where the policy says how often."""
        every = self.policy.thresholds.review_every if self.policy else None
        if every is None or self.looked_at is None:
            return None
        try:
            return (self.looked_at + every).astimezone(UTC).date()
        except OverflowError:
            return date.max


@frozen
class Estate:
    """All policies, and what surrounds them.

    Attributes:
        commit: the commit that was read.
        now: the present.
        root: the newest trust root that holds; None where none does.
        policies: by id, in order, retired ones too.
        findings: everything that verification says.
        compared: whether results of drift checks were given.
        recorded: whether detection records were given.
    """

    commit: str
    now: datetime
    root: TrustRoot | None
    policies: Mapping[str, PolicyState]
    findings: tuple[Finding, ...]
    compared: bool = False
    recorded: bool = False

    @property
    def entries(self) -> int:
        """How many entries the ledger has."""
        return sum(len(state.entries) for state in self.policies.values())

    def in_stage(self, stage: Stage | None) -> tuple[PolicyState, ...]:
        """The policies in a stage; for None those that are not approved yet. Retired: neither."""
        states = self.policies.values()
        return tuple(item for item in states if item.stage is stage and not item.retired)

    @property
    def retired(self) -> tuple[PolicyState, ...]:
        """The policies that were ended."""
        return tuple(state for state in self.policies.values() if state.retired)


def since_in_stage(entries: tuple[Recorded, ...], last: Recorded | None) -> datetime | None:
    """Since when a policy has been in its stage without a break.

    Args:
        entries: its chain, oldest first.
        last: the entry that is in force.
    """
    found = None
    if last is None:
        return None
    for item in reversed(entries[: entries.index(last) + 1]):
        if item.entry.target is not last.entry.target:
            break
        found = item.entry.requested_at
    return found
