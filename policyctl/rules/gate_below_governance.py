"""A gate in a policy file is the one that counts."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.finding import Severity
from policyctl.core.items import GATE_STRICTNESS
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each value of a gate that governance silently replaces."""
    floors = subject.root.gates if subject.root else {}
    for stage, gate in subject.data.get("gates", {}).items():
        for key, value in gate.items():
            floor = floors.get(stage, {}).get(key)
            if floor is not None and GATE_STRICTNESS[key](floor) > GATE_STRICTNESS[key](value):
                yield Problem(
                    message=f"gates.{stage}.{key} is {value}, and governance asks for {floor},"
                    " which is what counts",
                    at=("gates", stage, key),
                    hint=f"remove the line, or ask for at least as much as {floor}",
                )


RULE = Rule(
    id="gate-below-governance",
    summary="a gate asks for less than governance does",
    severity=Severity.WARNING,
    check=check,
)
