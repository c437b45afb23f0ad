"""A guardrail that is switched off switches something off."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.covering import covering
from policyctl.core.finding import Severity
from policyctl.core.policy import Guardrail
from policyctl.core.sides import Direction
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each guardrail that is off, and would not be on without its item."""
    if subject.effective is None:
        return
    guardrails = subject.effective.policy.guardrails
    below = subject.sides_below
    for index, item, spoken in subject.guardrails:
        name = item["detector"]
        if not item.get("enabled", True) and not any(
            (name, direction) in below or _covered(guardrails, name, Direction(direction))
            for direction in spoken
        ):
            yield Problem(
                message=f"guardrail '{name}' is off, and nothing would have it on",
                at=("guardrails", index, "enabled"),
                hint="remove the guardrail, or switch it on",
            )


def _covered(guardrails: tuple[Guardrail, ...], name: str, direction: Direction) -> bool:
    """True if the family decides about the detector where the guardrail itself is away."""
    others = [guardrail for guardrail in guardrails if guardrail.detector != name]
    above = covering(others, name, direction)
    return above is not None and above.enabled


RULE = Rule(
    id="guardrail-unreachable",
    summary="a guardrail is switched off that nothing has switched on",
    severity=Severity.WARNING,
    check=check,
)
