"""Behind every team or role that a policy names there is somebody."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.finding import Severity, pointer
from policyctl.rules.identities import named_identities, people_behind
from policyctl.rules.inherited import problem_of_value
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each team or role without members.

    An identity that governance does not know is the finding of 'unknown-identity'.
    """
    if subject.root is None:
        return
    data = subject.data if subject.effective is None else subject.effective.data
    for identity, at in named_identities(data):
        if subject.root.knows(identity) and not people_behind(subject.root, identity):
            kind = "team" if identity in subject.root.teams else "role"
            yield problem_of_value(
                subject,
                f"{pointer(at)} is '{identity}', a {kind} without members",
                at=at,
                hint=f"name somebody else, or give the {kind} members in the trust root",
            )


RULE = Rule(
    id="identity-without-people",
    summary="a policy names a team or role that has no members",
    severity=Severity.ERROR,
    check=check,
    references=("https://doi.org/10.6028/NIST.CSWP.29",),
)
