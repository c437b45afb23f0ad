"""A policy does not only watch for ever."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.finding import Severity
from policyctl.core.stages import Stage
from policyctl.rules.parked import parked
from policyctl.rules.rule import Problem, Rule, Subject

_HINT = "'policyctl evidence' says what the next stage needs; retire a policy that nobody needs"


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem if the policy is in logging for longer than the settings allow."""
    yield from parked(subject, Stage.LOGGING, subject.settings.logging_deadline, forward=_HINT)


RULE = Rule(
    id="parked-in-logging",
    summary="a policy stays in 'logging' for longer than the deadline",
    severity=Severity.WARNING,
    check=check,
    references=("https://doi.org/10.6028/NIST.AI.100-1",),
)
