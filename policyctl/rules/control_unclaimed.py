"""What a guardrail is good for is written down."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.finding import Severity
from policyctl.core.served_controls import served
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each served control that nobody claims, in frameworks that are named."""
    if subject.effective is None:
        return
    policy = subject.effective.policy
    serving = served(policy.guardrails)
    for framework, claimed in policy.controls.items():
        for control, detector in serving.get(framework, {}).items():
            if control not in claimed:
                own = framework in subject.data.get("controls", {})
                yield Problem(
                    message=f"guardrail '{detector}' serves {control} of '{framework}',"
                    " which the policy does not claim",
                    at=("controls", framework) if own else ("extends",),
                    hint=f"add {control} under 'controls: {{{framework}: […]}}'",
                    key=own,
                )


RULE = Rule(
    id="control-unclaimed",
    summary="a guardrail serves a control that the policy does not claim",
    severity=Severity.NOTE,
    check=check,
    references=("https://genai.owasp.org/llm-top-10/",),
)
