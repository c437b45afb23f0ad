"""Whoever approves and reviews a policy's thresholds does not own the policy."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.finding import Severity
from policyctl.rules.identities import people_behind, person_in_every_role
from policyctl.rules.inherited import problem_of_value
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem if the threshold owner or the reviewer is nobody but the policy's owners.

    One person who fills every role is the finding of 'one-person-in-every-role'.
    """
    root, effective = subject.root, subject.effective
    if root is None or root.solo or effective is None or person_in_every_role(subject):
        return
    policy = effective.policy
    owners = people_behind(root, policy.owner)
    for name, identity in (
        ("owner", policy.thresholds.owner),
        ("reviewer", policy.thresholds.reviewer),
    ):
        behind = people_behind(root, identity)
        if behind and behind <= owners:
            means = (
                "who owns the policy"
                if identity in root.people
                else "which has no member besides the policy's owners"
            )
            yield problem_of_value(
                subject,
                f"thresholds.{name} is '{identity}', {means}",
                at=("thresholds", name),
                hint="name somebody who does not own the policy",
            )


RULE = Rule(
    id="approver-is-owner",
    summary="the thresholds are approved or reviewed by nobody but the policy's owners",
    severity=Severity.WARNING,
    check=check,
    references=("https://doi.org/10.6028/NIST.SP.800-53r5",),
)
