"""An exception lets something through that the policy would otherwise stop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policyctl.core.detectors import is_known
from policyctl.core.finding import Severity
from policyctl.core.policy import Policy, PolicyException
from policyctl.rules.reach import choices, reached
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each guardrail, direction or app of an exception that fits nothing."""
    exceptions = subject.data.get("exceptions")
    if not exceptions or subject.effective is None:
        return
    policy = subject.effective.policy
    for index, exception in enumerate(policy.exceptions):
        yield from _without_guardrail(policy, exception, index)
        yield from _without_app(policy, exception, index, exceptions[index]["when"])


def _without_guardrail(policy: Policy, exception: PolicyException, index: int) -> Iterator[Problem]:
    name = exception.guardrail
    if not is_known(name):  # 'unknown-detector' says so
        return
    sides = reached(policy, name)
    if not sides:
        yield Problem(
            message=f"exception '{exception.id}' is for '{name}',"
            " which no enabled guardrail detects",
            at=("exceptions", index, "guardrail"),
            hint=choices(policy),
        )
    elif exception.direction is not None and exception.direction not in sides:
        yield Problem(
            message=f"exception '{exception.id}' is for {exception.direction.value},"
            f" where no enabled guardrail detects '{name}'",
            at=("exceptions", index, "when", "direction"),
            hint=f"'{name}' is detected in the {sides[0].value}",
        )


def _without_app(
    policy: Policy, exception: PolicyException, index: int, when: Mapping[str, Any]
) -> Iterator[Problem]:
    if not policy.apps:
        return
    for position, app in enumerate(exception.apps):
        if app not in policy.apps:
            place: tuple[int, ...] = () if isinstance(when["app"], str) else (position,)
            yield Problem(
                message=f"exception '{exception.id}' names app '{app}',"
                " to which the policy does not apply",
                at=("exceptions", index, "when", "app", *place),
                hint=f"applies_to.apps has: {', '.join(policy.apps)}",
            )


RULE = Rule(
    id="exception-matches-nothing",
    summary="an exception is for something that the policy never stops",
    severity=Severity.ERROR,
    check=check,
    validates=True,
)
