"""A policy that acts on traffic says who answers for its dials."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.finding import Severity
from policyctl.core.stages import Stage
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each missing owner or reviewer once the stage is past logging."""
    stage = subject.data["stage"]
    if subject.effective is None or stage == Stage.LOGGING.value:
        return
    thresholds = subject.effective.data.get("thresholds", {})
    written = "thresholds" in subject.data
    for name, duty in (
        ("owner", "approves a change of sensitivity"),
        ("reviewer", "reviews false positives"),
    ):
        if name not in thresholds:
            yield Problem(
                message=f"the stage is '{stage}', and there is no thresholds.{name}",
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
