"""Read the whole estate of a commit: every policy as it was approved, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from policyctl.core import paths
from policyctl.core.applied import DriftCheck
from policyctl.core.canonical import sha256
from policyctl.core.estate import NOT_IN_FORCE, Estate, GateProgress, PolicyState, since_in_stage
from policyctl.core.evidence import EvidenceReport
from policyctl.core.finding import Finding, Severity, in_order
from policyctl.core.frozen import frozen
from policyctl.core.policy import Gate
from policyctl.core.recorded import Recorded, in_force
from policyctl.core.stages import Stage
from policyctl.core.turns import turns_of
from policyctl.usecases.drift_checks import DriftChecks
from policyctl.usecases.evidence import ALONE, evidence_for
from policyctl.usecases.governed import CommittedGovernance
from policyctl.usecases.ledger_state import Hands, LedgerState
from policyctl.usecases.ports import Analysis
from policyctl.usecases.reading import Reader, Reading


@frozen
class Given:
    """What is known beside the ledger.

    Attributes:
        checks: reads what engines were found to run, once the trust root is known; None
            where nothing is known of that.
        records: detection records; None where there are none.
    """

    checks: Callable[[LedgerState], DriftChecks] | None = None
    records: Analysis | None = None


_NOWHERE = "no commit here has its approved bytes (a shallow clone: git fetch --unshallow)"

READ = (paths.POLICIES, paths.BASELINES, paths.EVIDENCE)
"""The folders of whose files an estate is made, once their ledger is verified."""

NOTHING = Given()
"""Nothing but the ledger."""


def read_estate(
    state: LedgerState, hands: Hands, *, now: datetime, given: Given = NOTHING
) -> Estate:
    """The estate at the commit that is checked out; its working tree counts for nothing.

    Args:
        state: its ledger.
        hands: repository and readers.
        now: the present.
        given: what is known beside the ledger.
    """
    root = state.ledger.roots.latest
    compared = DriftChecks(newest={})
    if given.checks is not None and root is not None:
        compared = given.checks(state)
    governance = CommittedGovernance(state.snapshot, root, hands.catalogues)
    reader = Reader(hands.documents, governance)
    about = _by_policy(state)
    policies = {}
    for name in sorted({*state.ledger.chains, *about} - {""}):
        read = _Policy(
            name=name, state=state, hands=hands, reader=reader, governance=governance, now=now
        )
        policies[name] = read.state_of(
            about.get(name, ()), compared.newest.get(name, ()), given.records
        )
    return Estate(
        commit=hands.repository.head,
        now=now,
        root=root,
        policies=policies,
        findings=in_order([*state.ledger.findings, *compared.findings]),
        compared=given.checks is not None,
        recorded=given.records is not None,
    )


@frozen
class _Policy:
    """One policy about to be read."""

    name: str
    state: LedgerState
    hands: Hands
    reader: Reader
    governance: CommittedGovernance
    now: datetime

    def state_of(
        self,
        findings: tuple[Finding, ...],
        checks: tuple[DriftCheck, ...],
        records: Analysis | None,
    ) -> PolicyState:
        chain = self.state.chain(self.name)
        entries = chain.entries if chain else ()
        last = in_force(entries)
        reading, unread = self._reading(last)
        since = since_in_stage(entries, last)
        return PolicyState(
            id=self.name,
            entries=entries,
            last=last,
            effective=reading.effective if reading else None,
            since=since,
            turns=tuple(turns_of(entries, self.state.ledger.roots)),
            gate=self._gate(reading, since, records),
            checks=checks,
            findings=(*findings, *unread),
        )

    def _reading(self, last: Recorded | None) -> tuple[Reading | None, tuple[Finding, ...]]:
        """The approved file, and what stands in the way of reading it."""
        digest = last.entry.after if last else None
        if digest is None:
            return None, ()
        path = paths.policy_path(self.name)
        content = self.state.content(self.name)
        if content is None or sha256(content) != digest:
            content = self.hands.repository.past_content(path, digest)
        if content is None:
            return None, (self._unread(_NOWHERE),)
        reading = self.reader.read(content, path)
        if reading.effective is None or not reading.sound:
            return None, (self._unread("the approved file gives no policy in force"),)
        return reading, ()

    def _unread(self, why: str) -> Finding:
        return Finding(
            code=NOT_IN_FORCE,
            severity=Severity.ERROR,
            message=f"'{self.name}' cannot be shown: {why}",
            policy=self.name,
            file=paths.policy_path(self.name),
            hint=f"policyctl validate {paths.policy_path(self.name)}",
        )

    def _gate(
        self, reading: Reading | None, since: datetime | None, records: Analysis | None
    ) -> GateProgress | None:
        policy = reading.effective.policy if reading and reading.effective else None
        if reading is None or policy is None or policy.stage.following is None or since is None:
            return None
        target = policy.stage.following
        gate = policy.gates.get(target, Gate())
        return GateProgress(
            target=target,
            window=gate.window,
            spent=max(self.now - since, timedelta()),
            report=self._judged(reading, target, records) if records else None,
        )

    def _judged(self, reading: Reading, target: Stage, records: Analysis) -> EvidenceReport:
        return evidence_for(
            reading, target=target, records=records, governance=self.governance, beside=ALONE
        )


def _by_policy(state: LedgerState) -> Mapping[str, tuple[Finding, ...]]:
    found: dict[str, tuple[Finding, ...]] = {}
    for finding in state.ledger.findings:
        found[finding.policy] = (*found.get(finding.policy, ()), finding)
    return found
