"""Everybody whom a policy names is known to governance."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.finding import Severity, pointer
from policyctl.core.likeness import close_matches
from policyctl.rules.identities import named_identities
from policyctl.rules.inherited import problem_of_value
from policyctl.rules.rule import Problem, Rule, Subject

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    from policyctl.core.trust_root import TrustRoot


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each identity that is no person, team or role of the trust root."""
    if subject.root is None:
        return
    data = subject.data if subject.effective is None else subject.effective.data
    for identity, at in named_identities(data):
        if not subject.root.knows(identity):
            yield problem_of_value(
                subject,
                f"{pointer(at)} is '{identity}', whom governance does not know",
                at=at,
                hint=_hint(subject.root, identity),
            )


def _hint(root: TrustRoot, identity: str) -> str:
    names = sorted({*root.people, *root.teams, *root.roles})
    near = close_matches(identity, names, n=1, cutoff=0.6)
    if near:
        return f"did you mean '{near[0]}'? 'policyctl root show' lists all"
    return "name a person, team or role of the trust root: policyctl root show"


RULE = Rule(
    id="unknown-identity",
    summary="a policy names somebody whom governance does not know",
    severity=Severity.ERROR,
    check=check,
    validates=True,
)
