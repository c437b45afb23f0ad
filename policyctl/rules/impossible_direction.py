"""A guardrail asks of its detector only what that can do."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from policyctl.core import detectors
from policyctl.core.finding import Severity
from policyctl.core.sides import Action, Direction
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each direction or action that a guardrail's detector cannot have."""
    for index, item, spoken in subject.guardrails:
        detector = detectors.detector(item["detector"])
        if detector is None:
            continue  # 'unknown-detector' says so
        sides, actions = _words(detector.directions), _words(detector.actions)
        for direction in spoken:
            if direction not in sides:
                yield Problem(
                    message=f"guardrail '{item['detector']}' cannot check the {direction}",
                    at=("guardrails", index, "direction" if "direction" in item else "detector"),
                    hint=f"write 'direction: {' or '.join(sides)}'",
                )
        if "action" in item and item["action"] not in actions:
            yield Problem(
                message=f"guardrail '{item['detector']}' cannot {item['action']} {detector.title}",
                at=("guardrails", index, "action"),
                hint=f"write 'action: {' or '.join(actions)}'",
            )


@cache
def _words(members: tuple[Direction, ...] | tuple[Action, ...]) -> tuple[str, ...]:
    """What policies call them; an enum takes a microsecond each time."""
    return tuple(member.value for member in members)


RULE = Rule(
    id="impossible-direction",
    summary="a guardrail has a direction or action that its detector cannot have",
    severity=Severity.ERROR,
    check=check,
    validates=True,
)
