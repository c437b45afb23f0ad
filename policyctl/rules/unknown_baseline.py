"""A policy extends a baseline that exists here."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.finding import Severity
from policyctl.core.likeness import close_matches
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem if ``extends`` names no baseline of this repository."""
    name = subject.data.get("extends")
    if name is None or name in subject.baselines:
        return
    near = close_matches(name, subject.baselines, n=1, cutoff=0.5)
    known = ", ".join(subject.baselines)
    yield Problem(
        message=f"there is no baseline '{name}'",
        at=("extends",),
        hint=f"did you mean '{near[0]}'?" if near else f"one of: {known or 'none, add one first'}",
    )


RULE = Rule(
    id="unknown-baseline",
    summary="the baseline that a policy extends does not exist",
    severity=Severity.ERROR,
    check=check,
    validates=True,
)
