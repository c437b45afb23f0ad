"""A guardrail asks of its detector only what that can do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policyctl.core import detectors
from policyctl.core.finding import Severity
from policyctl.core.sides import Action, Direction
from policyctl.rules.guardrail_items import guardrail_items
from policyctl.rules.rule import Problem, Rule, Subject

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    from typing import Any


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each direction or action that a guardrail's detector cannot have."""
    for index, item, spoken in guardrail_items(subject):
        detector = detectors.detector(item["detector"])
        if detector is not None:  # otherwise 'unknown-detector' says so
            yield from _direction(detector, item, spoken, index)
            yield from _action(detector, item, index)


def _direction(
    detector: detectors.Detector, item: Mapping[str, Any], spoken: list[str], index: int
) -> Iterator[Problem]:
    for direction in spoken:
        if Direction(direction) not in detector.directions:
            possible = " or ".join(side.value for side in detector.directions)
            yield Problem(
                message=f"guardrail '{item['detector']}' cannot check the {direction}",
                at=("guardrails", index, "direction" if "direction" in item else "detector"),
                hint=f"write 'direction: {possible}'",
            )


def _action(detector: detectors.Detector, item: Mapping[str, Any], index: int) -> Iterator[Problem]:
    if "action" in item and Action(item["action"]) not in detector.actions:
        possible = " or ".join(action.value for action in detector.actions)
        yield Problem(
            message=f"guardrail '{item['detector']}' cannot {item['action']} {detector.title}",
            at=("guardrails", index, "action"),
            hint=f"write 'action: {possible}'",
        )


RULE = Rule(
    id="impossible-direction",
    summary="a guardrail has a direction or action that its detector cannot have",
    severity=Severity.ERROR,
    check=check,
    validates=True,
)
