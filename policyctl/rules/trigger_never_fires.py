"""An escalation trigger can come true."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from policyctl.core.finding import Severity
from policyctl.core.quantities import duration, share
from policyctl.rules.inherited import problem_of_value
from policyctl.rules.rule import Problem, Rule, Subject

_LONGEST = timedelta(days=365)


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each trigger above 100%, or for longer than a year."""
    if subject.effective is None:
        return
    for index, trigger in enumerate(subject.effective.policy.escalation):
        _, _, condition = trigger.when.partition(" above ")
        above, _, window = condition.partition(" for ")
        if share(above) == 1:
            message = "the trigger waits for more than 100%, which no rate reaches"
            hint = "give it a rate that the records can exceed"
        elif duration(window) > _LONGEST:
            message = f"the trigger waits for {window}, which is longer than a year"
            hint = "give it a time after which somebody should act"
        else:
            continue
        yield problem_of_value(subject, message, at=("escalation", index, "when"), hint=hint)


RULE = Rule(
    id="trigger-never-fires",
    summary="an escalation trigger waits for what does not happen",
    severity=Severity.WARNING,
    check=check,
)
