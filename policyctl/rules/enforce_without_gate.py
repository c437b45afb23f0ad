"""What evidence the stage 'enforce' needs is decided by people, before it is asked for."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.finding import Severity
from policyctl.core.stages import Stage
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem if the policy acts on traffic and has no gate for the stage enforce."""
    if subject.effective is None:
        return
    policy = subject.effective.policy
    if policy.stage is not Stage.LOGGING and Stage.ENFORCE not in policy.gates:
        yield Problem(
            message=f"the stage is '{policy.stage.value}',"
            " and nobody has said what evidence 'enforce' needs",
            at=("stage",),
            hint="add 'gates: {enforce: {window: …, records: …, reviewed: …, false_positives: …}}'",
        )


RULE = Rule(
    id="enforce-without-gate",
    summary="a policy that acts on traffic has no gate for 'enforce'",
    severity=Severity.WARNING,
    check=check,
    references=("https://doi.org/10.6028/NIST.AI.100-1",),
)
