"""A guardrail in a policy file changes something of its baseline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policyctl.core.effective import complete
from policyctl.core.finding import Severity
from policyctl.core.policy import guardrail_from
from policyctl.rules.rule import Problem, Rule, Subject

_ALWAYS_THERE = ("enabled", "action", "sensitivity")


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each guardrail that is the same with and without its item."""
    if subject.baseline is None or subject.effective is None or not subject.data.get("guardrails"):
        return
    effective = subject.effective
    dial = effective.data["sensitivity"]
    inherited = effective.inherited
    after = {(item["detector"], item["direction"]): item for item in effective.data["guardrails"]}
    for index, item, spoken in subject.guardrails:
        keys = [(item["detector"], direction) for direction in spoken]
        if all(
            key in inherited and _are_alike(complete(inherited[key], dial), after[key])
            for key in keys
        ):
            yield Problem(
                message=f"guardrail '{item['detector']}' is the same as in"
                f" '{subject.data['extends']}'",
                at=("guardrails", index),
                hint="remove it: only what differs from the baseline stands in the file",
            )


def _are_alike(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """True if two guardrails do the same, for whatever reason."""
    if any(before[key] != after[key] for key in _ALWAYS_THERE):
        return False
    one, other = {**before, "reason": ""}, {**after, "reason": ""}
    return one == other or guardrail_from(one) == guardrail_from(other)


RULE = Rule(
    id="override-equals-default",
    summary="a guardrail in the file changes nothing of the baseline",
    severity=Severity.WARNING,
    check=check,
)
