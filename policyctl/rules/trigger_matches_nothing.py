"""An escalation trigger watches something that the policy detects."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.detectors import is_known
from policyctl.core.finding import Severity
from policyctl.rules.inherited import problem_of_value
from policyctl.rules.reach import choices, trigger_detector
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each trigger of a detector that no enabled guardrail has to do with."""
    if subject.effective is None:
        return
    for index, item in enumerate(subject.effective.data.get("escalation", ())):
        name = trigger_detector(item["when"])
        # An unknown detector is the finding of 'unknown-detector'.
        if name and is_known(name) and not subject.effective.reach.directions(name):
            yield problem_of_value(
                subject,
                f"the trigger watches '{name}', which no enabled guardrail detects",
                at=("escalation", index, "when"),
                hint=choices(subject.effective),
            )


RULE = Rule(
    id="trigger-matches-nothing",
    summary="an escalation trigger watches a detector that the policy does not use",
    severity=Severity.ERROR,
    check=check,
    validates=True,
)
