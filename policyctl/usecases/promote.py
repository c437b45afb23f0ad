"""Move a policy one stage forward, if the evidence is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from policyctl.core import paths
from policyctl.core.canonical import sha256
from policyctl.core.chain import Recorded
from policyctl.core.criterion import Outcome
from policyctl.core.effective import Effective
from policyctl.core.entry import ChangeAction
from policyctl.core.evidence import EvidenceReport, evidence_bytes
from policyctl.core.policy import Policy
from policyctl.core.stages import Stage, is_promotion
from policyctl.errors import RefusedError, TamperingError, UsageError
from policyctl.usecases.evidence import evidence_for
from policyctl.usecases.governed import CommittedGovernance
from policyctl.usecases.ledger_state import (
    Hands,
    LedgerState,
    ledger_state,
    require_intact,
    require_settled,
)
from policyctl.usecases.ports import RecordFiles
from policyctl.usecases.reading import (
    Reading,
    read_document,
    require_alike,
    require_effective,
)
from policyctl.usecases.recording import Change, RecordedChange, record_change, require_rationale


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion:
    """A promotion, or the refusal of one.

    Attributes:
        evidence: the gate's report.
        outcome: what was recorded; None if the gate is not met.
    """

    policy: Policy
    target: Stage
    evidence: EvidenceReport
    outcome: RecordedChange | None = None


def promote(
    policy: str,
    *,
    target: Stage,
    rationale: str,
    records: RecordFiles | None,
    change: str,
    now: datetime,
    hands: Hands,
    dry_run: bool = False,
) -> Promotion:
    """Check the gate, move the stage in the file, and record it as one signed commit.

    Args:
        policy: the policy's id.
        target: the stage to go to: the one that follows the present stage.
        rationale: why, in one line.
        records: the detection records that the gate is judged on.
        change: the name of the change.
        now: the time that the entry states.
        hands: repository, signer and readers.
        dry_run: say what would happen, and change nothing.

    Raises:
        RefusedError: the step, the policy or its ledger does not allow it.
        RepositoryError: the working tree holds changes that would be lost.
    """
    require_rationale(rationale)
    state = ledger_state(hands)
    require_intact(state, policy)
    last = require_settled(state, policy)
    if last is None or last.entry.after is None:
        raise UsageError(
            f"there is no recorded policy '{policy}'", hint=_known(state) or "policyctl new …"
        )
    hands.repository.require_ready([paths.policy_path(policy)])
    governance = CommittedGovernance(state.snapshot, state.root, hands.catalogues)
    reading = _committed(policy, last, state, hands, governance)
    effective = require_effective(reading)
    _require_step(effective.policy, target)
    _require_fit(effective, target)
    if records is None:
        raise RefusedError(
            f"a promotion to '{target.value}' needs evidence",
            hint="--events FILE with the detection records of the policy's traffic",
        )
    evidence = evidence_for(reading, target=target, records=records, governance=governance)
    if evidence.verdict is not Outcome.MET:
        return Promotion(policy=effective.policy, target=target, evidence=evidence)
    outcome = record_change(
        Change(
            name=change,
            action=ChangeAction.PROMOTE,
            target=target,
            after=_moved(reading, target, hands, governance),
            policy=effective.policy,
            rationale=rationale,
            now=now,
            evidence=evidence_bytes(evidence),
        ),
        last,
        state,
        hands,
        dry_run=dry_run,
    )
    return Promotion(policy=effective.policy, target=target, evidence=evidence, outcome=outcome)


def _known(state: LedgerState) -> str:
    names = ", ".join(sorted(state.ledger.chains))
    return f"recorded here: {names}" if names else ""


def _committed(
    policy: str, last: Recorded, state: LedgerState, hands: Hands, governance: CommittedGovernance
) -> Reading:
    content = state.content(policy)
    if content is None or sha256(content) != last.entry.after:
        raise TamperingError(f"'{policy}' is not what its last entry recorded")
    return read_document(
        content,
        file=paths.policy_path(policy),
        documents=hands.documents,
        governance=governance,
    )


def _require_step(policy: Policy, target: Stage) -> None:
    if is_promotion(policy.stage, target):
        return
    following = policy.stage.following
    if target.rank <= policy.stage.rank:
        raise RefusedError(
            f"'{policy.id}' is in '{policy.stage.value}' already; a promotion goes forward",
            hint=f"there is '{following.value}' left" if following else "",
        )
    raise RefusedError(
        f"'{policy.id}' is in '{policy.stage.value}', and no stage is skipped",
        hint=f"policyctl promote {policy.id} --to {following.value}" if following else "",
    )


def _require_fit(effective: Effective, target: Stage) -> None:
    """Ask for what a policy must state before its guardrails act on traffic."""
    policy = effective.policy
    owed = [
        name
        for name, value in (
            ("thresholds.owner", policy.thresholds.owner),
            ("thresholds.reviewer", policy.thresholds.reviewer),
        )
        if not value
    ]
    if target is Stage.LIMITED and policy.limited is None:
        owed.append("limited (what is blocked first)")
    if owed:
        raise RefusedError(
            f"'{policy.id}' cannot leave '{policy.stage.value}' without {' and '.join(owed)}",
            hint=f"write it into the file, then 'policyctl record {policy.id}'",
        )


def _moved(
    reading: Reading, target: Stage, hands: Hands, governance: CommittedGovernance
) -> bytes:
    """The policy file with its stage moved and nothing else changed, sound in the new stage."""
    after = hands.documents.replace_scalar(reading.content, ("stage",), target.value)
    moved = read_document(
        after, file=reading.file, documents=hands.documents, governance=governance
    )
    require_effective(moved)
    require_alike(moved, hands.documents)
    return after
