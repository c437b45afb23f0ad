"""A policy that blocks says what happens when it goes wrong."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.finding import Severity
from policyctl.core.stages import Stage
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem if the stage is enforce and there is no escalation criterion."""
    if subject.effective is None:
        return
    policy = subject.effective.policy
    if policy.stage is Stage.ENFORCE and not policy.escalation:
        yield Problem(
            message="the stage is 'enforce', and nothing says when to tighten or to step back",
            at=("stage",),
            hint="add 'escalation:', such as"
            " '{when: false positives above 2% for 3d, do: step-back, notify: …}'",
        )


RULE = Rule(
    id="enforce-without-escalation",
    summary="a policy in 'enforce' has no escalation criteria",
    severity=Severity.WARNING,
    check=check,
    references=("https://doi.org/10.6028/NIST.AI.100-1",),
)
