"""The dial means something once it is decided which sensitivities are acceptable."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.finding import Severity
from policyctl.rules.appetite import appetite, place_in_words
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem if governance has a risk appetite, and none for this use case and data.

    Governance without any appetite is silent: it is one gap, not one of each policy.
    """
    root = subject.root
    if root is None or not root.appetite or appetite(subject):
        return
    known = subject.data["use_case"] in root.appetite
    cases = ", ".join(sorted(root.appetite))
    yield Problem(
        message=f"governance has not decided a risk appetite for {place_in_words(subject)}",
        at=("data_sensitivity",) if known else ("use_case",),
        hint="have it decided in the trust root"
        + ("" if known else f", or choose a use case that has one: {cases}"),
    )


RULE = Rule(
    id="appetite-undecided",
    summary="governance has no risk appetite for the policy's use case and data",
    severity=Severity.WARNING,
    check=check,
    references=("https://doi.org/10.6028/NIST.AI.100-1",),
)
