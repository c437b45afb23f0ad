"""Judge a promotion's gate on detection records."""

from __future__ import annotations

from dataclasses import replace

from policyctl.core.canonical import sha256
from policyctl.core.criterion import Outcome
from policyctl.core.evidence import EvidenceReport, report_on
from policyctl.core.policy import Gate
from policyctl.core.stages import Stage, is_promotion
from policyctl.errors import RefusedError
from policyctl.usecases.ports import Analysis, Documents, Governance
from policyctl.usecases.reading import Reading, read_document, require_effective

EXIT_CODES = {Outcome.MET: 0, Outcome.NOT_MET: 1, Outcome.UNDECIDED: 3}
"""What ``policyctl evidence`` ends with."""


def judge(
    content: bytes,
    *,
    file: str,
    target: Stage | None,
    records: Analysis,
    documents: Documents,
    governance: Governance,
) -> EvidenceReport:
    """The gate's report for a policy file.

    Args:
        content: the file's bytes.
        file: its name, as findings show it.
        target: the stage asked about; None for the one that follows.
        records: detection records of the policy's traffic.
        documents: reads and checks YAML.
        governance: baselines, and the gates that no policy goes below.

    Raises:
        DocumentError: the file has errors.
        RefusedError: no promotion leads there.
    """
    reading = read_document(content, file=file, documents=documents, governance=governance)
    policy = require_effective(reading).policy
    asked = target or policy.stage.following
    if asked is None or not is_promotion(policy.stage, asked):
        raise RefusedError(
            f"'{policy.id}' is in '{policy.stage.value}', and no promotion leads to "
            f"'{(asked or policy.stage).value}'"
        )
    return evidence_for(reading, target=asked, records=records, governance=governance)


def evidence_for(
    reading: Reading, *, target: Stage, records: Analysis, governance: Governance
) -> EvidenceReport:
    """The gate's report for a sound policy and the stage that follows its present one."""
    policy = require_effective(reading).policy
    counts = records.tally(policy, replace(policy, stage=target))
    baseline = governance.baseline(policy.extends) if policy.extends else None
    return report_on(
        counts,
        policy.gates.get(target, Gate()),
        policy=policy.id,
        source=policy.stage,
        target=target,
        policy_digest=sha256(reading.content),
        baseline=policy.extends,
        baseline_digest=sha256(baseline) if baseline is not None else "",
        sources=records.manifest(),
        engine=records.engine,
    )
