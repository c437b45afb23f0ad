"""Move a policy one stage forward, if the evidence is there."""

from __future__ import annotations

from datetime import datetime

from policyctl.core.criterion import Outcome
from policyctl.core.effective import Effective
from policyctl.core.entry import ChangeAction
from policyctl.core.evidence import EvidenceReport, evidence_bytes
from policyctl.core.evidence_age import age_problem
from policyctl.core.frozen import frozen, replace
from policyctl.core.policy import Policy
from policyctl.core.stages import Stage, is_promotion
from policyctl.errors import RefusedError
from policyctl.usecases.evidence import ALONE, Beside, evidence_for
from policyctl.usecases.exception_history import exception_history, exceptions_of
from policyctl.usecases.ledger_state import Hands, signing_person
from policyctl.usecases.ports import Analysis
from policyctl.usecases.reading import require_alike, require_effective
from policyctl.usecases.recording import Change, RecordedChange, record_change, require_rationale
from policyctl.usecases.standing import Standing, reread, standing


@frozen
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
    records: Analysis | None,
    change: str,
    now: datetime,
    hands: Hands,
    dry_run: bool = False,
    beside: Beside = ALONE,
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
        beside: what evidence is computed with beside the records.

    Raises:
        RefusedError: the step, the policy or its ledger does not allow it.
        RepositoryError: the working tree holds changes that would be lost.
    """
    require_rationale(rationale)
    found = standing(policy, ChangeAction.PROMOTE, hands)
    reading = found.reading
    effective = require_effective(reading)
    _require_step(effective.policy, target)
    _require_fit(effective, target)
    if records is None:
        raise RefusedError(
            f"a promotion to '{target.value}' needs evidence",
            hint="--events FILE with the detection records of the policy's traffic",
        )
    evidence = evidence_for(
        reading,
        target=target,
        records=records,
        governance=found.governance,
        beside=_with_author(beside, found, hands),
    )
    if evidence.verdict is not Outcome.MET:
        return Promotion(policy=effective.policy, target=target, evidence=evidence)
    _require_young(evidence, now)
    outcome = record_change(
        Change(
            name=change,
            action=ChangeAction.PROMOTE,
            target=target,
            after=_moved(found, target, hands),
            policy=policy,
            owner=effective.policy.owner,
            use_case=effective.policy.use_case,
            last=found.last,
            rationale=rationale,
            now=now,
            evidence=evidence_bytes(evidence),
        ),
        found.state,
        hands,
        dry_run=dry_run,
    )
    return Promotion(policy=effective.policy, target=target, evidence=evidence, outcome=outcome)


def _require_young(evidence: EvidenceReport, now: datetime) -> None:
    """Refuse evidence that has expired, as `verify` would at the time that the entry states."""
    expires = evidence.gate.expires
    problem = age_problem(evidence.tally.last, expires, now) if expires is not None else ""
    if problem:
        raise RefusedError(
            f"this evidence {problem}", hint="--events FILE with records of the last days"
        )


def _with_author(beside: Beside, found: Standing, hands: Hands) -> Beside:
    """With who makes the change, who must not be the only reviewer, and with the ledger's past."""
    chain = found.state.chain(found.last.entry.policy)
    entries = chain.entries if chain else ()
    present = exceptions_of(found.reading.content, hands.documents)
    return replace(
        beside,
        author=signing_person(found.state.root, hands.signer) if beside.labels else "",
        history=lambda: exception_history(present, entries, hands.repository, hands.documents),
    )


def _require_step(policy: Policy, target: Stage) -> None:
    if is_promotion(policy.stage, target):
        return
    following = policy.stage.following
    if target.rank <= policy.stage.rank:
        raise RefusedError(
            f"'{policy.id}' is in '{policy.stage.value}' already; a promotion goes forward",
            hint="the way back is 'policyctl demote'" if target is not policy.stage else "",
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


def _moved(found: Standing, target: Stage, hands: Hands) -> bytes:
    """The policy file with its stage moved and nothing else changed, sound in the new stage."""
    after = hands.documents.replace_scalar(found.reading.content, ("stage",), target.value)
    moved = reread(after, found, hands)
    require_effective(moved)
    require_alike(moved, hands.documents)
    return after
