"""The estate as one report: for whoever answers for it, and for whoever audits it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime

from policyctl.core import paths
from policyctl.core.canonical import sha256
from policyctl.core.coverage import Coverage, cover
from policyctl.core.due import Due, Limits, dues_of
from policyctl.core.estate import Estate, PolicyState
from policyctl.core.finding import Finding
from policyctl.core.frozen import frozen
from policyctl.core.kept_evidence import KeptEvidence, kept_evidence
from policyctl.core.owed_signatures import broken_in
from policyctl.core.snapshot import Snapshot, content_of
from policyctl.core.timeline import Moment, MonthOfChanges, months, timeline
from policyctl.errors import UsageError
from policyctl.usecases.ledger_state import Hands, LedgerState
from policyctl.usecases.verify import Verification


@frozen
class Since:
    """From when on changes are called out.

    Exactly one of the two is set.

    Attributes:
        moment: changes that were asked for at this moment or later.
        checkpoint: changes that this checkpoint did not cover.
    """

    moment: datetime | None = None
    checkpoint: int = 0

    def includes(self, change: Moment) -> bool:
        """True if a change came later."""
        if self.moment is not None:
            return change.recorded.entry.requested_at >= self.moment
        return change.checkpoint == 0 or change.checkpoint > self.checkpoint


@frozen
class EstateReport:
    """Everything that the report shows.

    Attributes:
        name: what the repository is called.
        dues: open risks and tasks, the gravest first.
        changes: every entry, newest first.
        months: the same, counted.
        evidence: what stands behind entries that name evidence, by policy and number.
        since: from when on changes are called out; None for nothing.
    """

    name: str
    estate: Estate
    verification: Verification
    dues: tuple[Due, ...]
    changes: tuple[Moment, ...]
    months: tuple[MonthOfChanges, ...]
    coverage: Coverage
    evidence: Mapping[tuple[str, int], KeptEvidence]
    since: Since | None = None

    @property
    def broken(self) -> tuple[Finding, ...]:
        """What is wrong that no signature of those who still have to sign would cure."""
        return broken_in(self.verification.findings)

    @property
    def new(self) -> tuple[Moment, ...]:
        """The changes that are called out."""
        since = self.since
        return tuple(item for item in self.changes if since.includes(item)) if since else ()

    def due_of(self, policy: str) -> tuple[Due, ...]:
        """What is due of one policy."""
        return tuple(due for due in self.dues if due.policy == policy)


def report_on(
    estate: Estate,
    verification: Verification,
    state: LedgerState,
    hands: Hands,
    *,
    limits: Limits,
    name: str,
    since: Since | None = None,
) -> EstateReport:
    """The report.

    Args:
        estate: the policies.
        verification: what was verified, and how far.
        state: the ledger that was verified.
        hands: control frameworks.
        limits: how long things may stay as they are.
        name: what the repository is called.
        since: from when on changes are called out.

    Raises:
        UsageError: there is no such checkpoint.
    """
    kept = verification.witnessed.checkpoints
    grew = [link.checkpoint.grew for link in kept.links[: kept.compared]]
    if since is not None and since.checkpoint > len(grew):
        raise UsageError(
            f"there is no checkpoint {since.checkpoint} with which this ledger was compared",
            hint=f"1 to {len(grew)}" if grew else "none was compared: policyctl checkpoint",
        )
    changes = timeline([item.entries for item in estate.policies.values()], grew)
    standing = [item.policy for item in estate.policies.values() if item.policy is not None]
    return EstateReport(
        name=name,
        estate=estate,
        verification=verification,
        dues=dues_of(estate, limits),
        changes=changes,
        months=months(changes, estate.now),
        coverage=cover(standing, hands.catalogues),
        evidence=kept_reports(estate.policies.values(), state.snapshot),
        since=since,
    )


def kept_reports(
    policies: Iterable[PolicyState], snapshot: Snapshot
) -> Mapping[tuple[str, int], KeptEvidence]:
    """Evidence whose bytes are those that an entry names; `verify` tells of others."""
    found = {}
    for state in policies:
        for item in state.entries:
            for reference in item.entry.evidence:
                content = content_of(snapshot, paths.HOME + reference.name)
                if content is None or sha256(content) != reference.sha256:
                    continue
                with suppress(ValueError):
                    found[state.id, item.entry.seq] = kept_evidence(content)
    return found
