"""A policy is more than its exceptions."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.finding import Severity
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem if the policy has more exceptions than the settings allow."""
    count, most = len(subject.data.get("exceptions", ())), subject.settings.max_exceptions
    if count > most:
        yield Problem(
            message=f"the policy has {count} exceptions, and {most} are the limit",
            at=("exceptions",),
            hint="change the guardrails that need so many, or split the policy by application",
            key=True,
        )


RULE = Rule(
    id="too-many-exceptions",
    summary="a policy has more exceptions than the limit",
    severity=Severity.WARNING,
    check=check,
    references=("https://doi.org/10.6028/NIST.CSWP.29",),
)
