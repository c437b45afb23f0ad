"""The records behind a promotion have seen every day of the week."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from policyctl.core.finding import Severity
from policyctl.rules.own_gates import own_gates
from policyctl.rules.rule import Problem, Rule, Subject

_WEEK = timedelta(weeks=1)


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each gate in the file whose window is shorter than a week."""
    for stage, values, gate in own_gates(subject):
        if "window" in values and gate.window < _WEEK:
            yield Problem(
                message=f"gates.{stage}.window is {values['window']}, which leaves out days"
                " of the week",
                at=("gates", stage, "window"),
                hint="write 'window: 7d' or longer",
            )


RULE = Rule(
    id="gate-window-short",
    summary="the window of a gate is shorter than a week",
    severity=Severity.WARNING,
    check=check,
    references=("https://doi.org/10.1017/9781108653985",),
)
