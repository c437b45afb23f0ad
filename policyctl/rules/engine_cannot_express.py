"""A policy promises only what its engine can be told."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.covering import covers
from policyctl.core.effective import Effective
from policyctl.core.engine_features import ENGINES, EngineFeatures
from policyctl.core.finding import Severity
from policyctl.core.policy import Policy
from policyctl.core.stages import Stage
from policyctl.rules.inherited import problem_of_value
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for what the engine lacks: detectors, log-only, cohorts, shares."""
    if subject.effective is None:
        return
    effective, policy = subject.effective, subject.effective.policy
    engine = ENGINES.get(policy.engine)
    if engine is None:
        return
    lost = [name for name in engine.lacks if _asked_for(effective, engine, name)]
    if lost:
        yield problem_of_value(
            subject,
            f"{engine.title} has no detector for {', '.join(lost)}",
            at=("applies_to", "engine"),
            hint="let something else detect it, and switch it off here with the reason",
        )
    if policy.stage is not Stage.ENFORCE and not engine.only_logs:
        yield problem_of_value(
            subject,
            f"{engine.title} cannot be configured to log only, and the stage is"
            f" '{policy.stage.value}'",
            at=("applies_to", "engine"),
            hint="the application itself has to ignore the verdict until the stage is 'enforce'",
        )
    yield from _limited(subject, policy, engine)


def _asked_for(effective: Effective, engine: EngineFeatures, name: str) -> bool:
    """True if an enabled guardrail decides about a detector that the engine lacks."""
    if not effective.reach.directions(name):
        return False
    if name not in engine.own_expressions:
        return True
    concerned = [
        guardrail
        for guardrail in effective.policy.guardrails
        if guardrail.enabled and covers(name, guardrail.detector)
    ]
    return not concerned or not all(guardrail.regex for guardrail in concerned)


def _limited(subject: Subject, policy: Policy, engine: EngineFeatures) -> Iterator[Problem]:
    limited = policy.limited
    if limited is None:
        return
    if limited.share is not None and not engine.share:
        yield problem_of_value(
            subject,
            f"{engine.title} cannot act on a share of the traffic",
            at=("limited", "share"),
            hint="limit it by guardrails, apps or cohorts"
            if engine.cohorts
            else "limit it by guardrails or apps",
        )
    if limited.cohorts and not engine.cohorts:
        yield problem_of_value(
            subject,
            f"{engine.title} cannot act on some cohorts only",
            at=("limited", "cohorts"),
            hint="limit it by guardrails or apps",
        )


RULE = Rule(
    id="engine-cannot-express",
    summary="the policy asks for something that its engine cannot be told",
    severity=Severity.WARNING,
    check=check,
)
