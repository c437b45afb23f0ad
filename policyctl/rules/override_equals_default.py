"""A guardrail in a policy file changes something of its baseline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from policyctl.core.effective import resolve
from policyctl.core.finding import Severity
from policyctl.core.policy import Guardrail
from policyctl.rules.guardrail_items import guardrail_items
from policyctl.rules.rule import Problem, Rule, Subject

_Key = tuple[str, str]


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each guardrail that is the same with and without its item."""
    if subject.baseline is None or subject.effective is None or not subject.data.get("guardrails"):
        return
    rest = {key: value for key, value in subject.data.items() if key != "guardrails"}
    before = _by_key(resolve(rest, subject.baseline).policy.guardrails)
    after = _by_key(subject.effective.policy.guardrails)
    for index, item, spoken in guardrail_items(subject):
        keys = [(item["detector"], direction) for direction in spoken]
        if all(key in before and before[key] == after[key] for key in keys):
            yield Problem(
                message=f"guardrail '{item['detector']}' is the same as in"
                f" '{subject.data['extends']}'",
                at=("guardrails", index),
                hint="remove it: only what differs from the baseline stands in the file",
            )


def _by_key(guardrails: tuple[Guardrail, ...]) -> dict[_Key, Guardrail]:
    return {
        (guardrail.detector, guardrail.direction.value): replace(guardrail, reason="")
        for guardrail in guardrails
    }


RULE = Rule(
    id="override-equals-default",
    summary="a guardrail in the file changes nothing of the baseline",
    severity=Severity.WARNING,
    check=check,
)
