"""A policy that acts on traffic says which controls it serves."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.finding import Severity
from policyctl.core.stages import Stage
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem if neither policy nor baseline claims a control, once the stage acts."""
    if subject.effective is None:
        return
    policy = subject.effective.policy
    if policy.stage is not Stage.LOGGING and not policy.controls:
        yield Problem(
            message=f"the stage is '{policy.stage.value}', and the policy claims no control",
            at=("stage",),
            hint="say what it is there for, such as 'controls: {owasp-llm-2026: [LLM01]}'",
        )


RULE = Rule(
    id="no-controls",
    summary="a policy past 'logging' claims no control of any framework",
    severity=Severity.NOTE,
    check=check,
    references=("https://genai.owasp.org/llm-top-10/",),
)
