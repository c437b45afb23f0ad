"""A regular expression means the same in every engine."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.finding import Severity
from policyctl.rules.expressions import expressions
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each expression with syntax that some engines do not have."""
    for detector, expression, at in expressions(subject):
        if expression.features:
            yield Problem(
                message=f"a regular expression of guardrail '{detector}' has"
                f" {' and '.join(expression.features)}, which not every engine understands",
                at=at,
                hint="write it without, if the policy may be exported to another engine",
            )


RULE = Rule(
    id="regex-not-portable",
    summary="a regular expression has syntax that not every engine understands",
    severity=Severity.NOTE,
    check=check,
    references=("https://github.com/google/re2/wiki/Syntax",),
)
