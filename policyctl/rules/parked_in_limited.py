"""A policy does not act on a part of the traffic for ever."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.finding import Severity
from policyctl.core.stages import Stage
from policyctl.rules.parked import parked
from policyctl.rules.rule import Problem, Rule, Subject

_HINT = "'policyctl evidence' says what the next stage needs; 'policyctl demote' goes back"


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem if the policy is in limited for longer than the settings allow."""
    yield from parked(subject, Stage.LIMITED, subject.settings.limited_deadline, forward=_HINT)


RULE = Rule(
    id="parked-in-limited",
    summary="a policy stays in 'limited' for longer than the deadline",
    severity=Severity.WARNING,
    check=check,
    references=("https://sre.google/workbook/canarying-releases/",),
)
