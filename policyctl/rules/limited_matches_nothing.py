"""The limited scope names only guardrails and apps that the policy has."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.detectors import is_known
from policyctl.core.finding import Severity
from policyctl.rules.inherited import problem_of_value
from policyctl.rules.reach import choices
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each guardrail or app of the limited scope that fits nothing."""
    if subject.effective is None or "limited" not in subject.effective.data:
        return
    limited = subject.effective.data["limited"]
    for index, name in enumerate(limited.get("guardrails", ())):
        # An unknown detector is the finding of 'unknown-detector'.
        if is_known(name) and not subject.effective.reach.directions(name):
            yield problem_of_value(
                subject,
                f"limited.guardrails names '{name}', which no enabled guardrail detects",
                at=("limited", "guardrails", index),
                hint=choices(subject.effective),
            )
    apps = subject.effective.data.get("applies_to", {}).get("apps")
    for index, app in enumerate(limited.get("apps", ())):
        if apps and app not in apps:
            yield problem_of_value(
                subject,
                f"limited.apps names '{app}', to which the policy does not apply",
                at=("limited", "apps", index),
                hint=f"applies_to.apps has: {', '.join(apps)}",
            )


RULE = Rule(
    id="limited-matches-nothing",
    summary="the limited scope names a guardrail or app that the policy does not have",
    severity=Severity.ERROR,
    check=check,
    validates=True,
)
