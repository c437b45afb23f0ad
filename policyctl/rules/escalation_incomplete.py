"""Escalation criteria lead in every direction: tighter, wider, and back."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.finding import Severity
from policyctl.rules.inherited import problem_of_value
from policyctl.rules.rule import Problem, Rule, Subject

_KINDS = {
    "tighten": "tightens the policy",
    "add-guardrail": "calls for another guardrail",
    "step-back": "steps back",
}


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each kind of trigger that the escalation criteria leave out.

    Where there are no criteria at all, that is said of policies in ``enforce``, by another rule.
    """
    if subject.effective is None:
        return
    done = {trigger.do for trigger in subject.effective.policy.escalation}
    if not done:
        return
    for kind, effect in _KINDS.items():
        if kind not in done:
            yield problem_of_value(
                subject,
                f"no escalation trigger {effect}",
                at=("escalation",),
                hint=f"add a trigger with 'do: {kind}'",
            )


RULE = Rule(
    id="escalation-incomplete",
    summary="the escalation criteria leave out a way to go",
    severity=Severity.NOTE,
    check=check,
    references=("https://doi.org/10.6028/NIST.AI.100-1",),
)
