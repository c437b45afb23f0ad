"""Somebody has said what the policy is for."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.finding import Severity
from policyctl.core.policy import PLACEHOLDER
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem if the purpose is still what ``policyctl new`` wrote."""
    if subject.data["purpose"].strip() == PLACEHOLDER:
        yield Problem(
            message="the purpose is still the placeholder of a new policy",
            at=("purpose",),
            hint="say who uses the application, for what, and what it may do",
        )


RULE = Rule(
    id="placeholder-purpose",
    summary="the purpose is still the placeholder",
    severity=Severity.WARNING,
    check=check,
    references=("https://doi.org/10.6028/NIST.AI.100-1",),
)
