"""The controls that a policy serves exist, in the edition that it names."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.catalogue import problem
from policyctl.core.finding import Severity
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each framework, and each control of a framework, that is unknown."""
    for framework, controls in subject.data.get("controls", {}).items():
        known = framework in subject.catalogues
        said: set[tuple[str, str]] = set()
        for index, control in enumerate(controls):
            found = problem(subject.catalogues, framework, control)
            # What is wrong with a framework is said once, not for each of its controls.
            if found is None or (not known and found in said):
                continue
            said.add(found)
            message, hint = found
            place: tuple[int, ...] = (index,) if known else ()
            yield Problem(
                message=message, at=("controls", framework, *place), hint=hint, key=not known
            )


RULE = Rule(
    id="unknown-control",
    summary="a policy names a control or framework that no catalogue has",
    severity=Severity.ERROR,
    check=check,
    validates=True,
)
