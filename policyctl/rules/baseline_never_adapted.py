"""Somebody has fitted the baseline to the application."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from policyctl.core.finding import Severity
from policyctl.rules.history import in_days
from policyctl.rules.rule import Problem, Rule, Subject

_PATIENCE = timedelta(days=90)
_FITTED = ("sensitivity", "guardrails", "limited", "thresholds")


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem if a policy of some age has no value of its own for any of its dials."""
    if subject.now is None or not subject.trail or "extends" not in subject.data:
        return
    age = subject.now - subject.trail[0].requested_at
    if age > _PATIENCE and not any(subject.data.get(key) for key in _FITTED):
        yield Problem(
            message=f"the policy is {in_days(age)} old,"
            f" and nothing of '{subject.data['extends']}' has been adapted",
            at=("extends",),
            hint="compare the records with the baseline's dials,"
            " and name who answers for them in 'thresholds:'",
        )


RULE = Rule(
    id="baseline-never-adapted",
    summary="after three months a policy is still its baseline, word for word",
    severity=Severity.WARNING,
    check=check,
    references=("https://doi.org/10.6028/NIST.AI.100-1",),
)
