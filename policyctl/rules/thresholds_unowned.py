"""A policy that acts on traffic says who answers for its dials."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.finding import Severity
from policyctl.core.stages import Stage
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each missing owner or reviewer once the stage is past logging."""
    if subject.effective is None or subject.effective.policy.stage is Stage.LOGGING:
        return
    policy = subject.effective.policy
    written = "thresholds" in subject.data
    for name, identity, duty in (
        ("owner", policy.thresholds.owner, "approves a change of sensitivity"),
        ("reviewer", policy.thresholds.reviewer, "reviews false positives"),
    ):
        if not identity:
            yield Problem(
                message=f"the stage is '{policy.stage.value}', and there is no thresholds.{name}",
                at=("thresholds",) if written else ("stage",),
                hint=f"add 'thresholds: {{{name}: …}}' with who {duty}",
                key=written,
            )


RULE = Rule(
    id="thresholds-unowned",
    summary="a policy past 'logging' has no owner or no reviewer of its thresholds",
    severity=Severity.ERROR,
    check=check,
    validates=True,
)
