"""At least two people look at a policy."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.finding import Severity
from policyctl.rules.identities import person_in_every_role
from policyctl.rules.inherited import problem_of_value
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem if owner, threshold owner, reviewer and exception owners are one person."""
    who = person_in_every_role(subject)
    if who:
        yield problem_of_value(
            subject,
            f"'{who}' owns the policy, approves its thresholds and reviews its false positives",
            at=("thresholds", "reviewer"),
            hint="let somebody else approve the thresholds or review false positives",
        )


RULE = Rule(
    id="one-person-in-every-role",
    summary="one person owns, approves and reviews everything about a policy",
    severity=Severity.WARNING,
    check=check,
    references=("https://doi.org/10.6028/NIST.SP.800-53r5",),
)
