"""A policy names only detectors that exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policyctl.core.detectors import is_known, suggestions
from policyctl.core.finding import Path, Severity
from policyctl.rules.reach import trigger_detector
from policyctl.rules.rule import Problem, Rule, Subject

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    from typing import Any


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each place in the file that names a detector which does not exist."""
    for name, at in _named(subject.data):
        if not is_known(name):
            near = " or ".join(f"'{match}'" for match in suggestions(name))
            yield Problem(
                message=f"there is no detector '{name}'",
                at=at,
                hint=f"did you mean {near}?"
                if near
                else f"an organisation's own check is called 'custom/{name}'",
            )


def _named(data: Mapping[str, Any]) -> Iterator[tuple[str, Path]]:
    for index, item in enumerate(data.get("guardrails", ())):
        yield item["detector"], ("guardrails", index, "detector")
    for index, name in enumerate(data.get("limited", {}).get("guardrails", ())):
        yield name, ("limited", "guardrails", index)
    for index, item in enumerate(data.get("exceptions", ())):
        yield item["guardrail"], ("exceptions", index, "guardrail")
    for index, item in enumerate(data.get("escalation", ())):
        watched = trigger_detector(item["when"])
        if watched:
            yield watched, ("escalation", index, "when")


RULE = Rule(
    id="unknown-detector",
    summary="a policy names a detector that does not exist",
    severity=Severity.ERROR,
    check=check,
    validates=True,
)
