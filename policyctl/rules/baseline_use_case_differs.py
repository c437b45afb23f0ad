"""A policy extends a baseline that was made for its use case."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.finding import Severity
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem if policy and baseline are for different use cases."""
    if subject.baseline is None:
        return
    own, made_for = subject.data["use_case"], subject.baseline["use_case"]
    if own != made_for:
        yield Problem(
            message=f"the policy is for use case '{own}',"
            f" and '{subject.data['extends']}' was made for '{made_for}'",
            at=("use_case",),
            hint="extend the baseline of the policy's use case, or correct the use case",
        )


RULE = Rule(
    id="baseline-use-case-differs",
    summary="the baseline was made for another use case",
    severity=Severity.WARNING,
    check=check,
    references=("https://doi.org/10.6028/NIST.AI.100-1",),
)
