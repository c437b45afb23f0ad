"""A sensitivity that a policy chooses exists in its engine."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.engine_features import ENGINES
from policyctl.core.finding import Severity
from policyctl.rules.inherited import problem_of_value
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem if guardrails are at L4 and their engine has nothing above L3."""
    if subject.effective is None:
        return
    policy = subject.effective.policy
    engine = ENGINES.get(policy.engine)
    if engine is None:
        return
    merged = dict.fromkeys(
        guardrail.detector.partition("/")[0]
        for guardrail in policy.guardrails
        if guardrail.enabled and engine.merges(guardrail)
    )
    if merged:
        yield problem_of_value(
            subject,
            f"{engine.title} has three steps, so L4 is L3 there: for {' and '.join(merged)}",
            at=("applies_to", "engine"),
            hint="read L4 as L3 in evidence and reviews of this policy",
        )


RULE = Rule(
    id="engine-levels-collapse",
    summary="the engine has fewer steps than the policy's sensitivities",
    severity=Severity.NOTE,
    check=check,
)
