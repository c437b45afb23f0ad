"""Attacks are looked for on the way in, and personal data on the way out."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.detectors import is_known
from policyctl.core.finding import Path, Severity
from policyctl.core.sides import Direction
from policyctl.rules.rule import Problem, Rule, Subject

_SENSITIVE = ("confidential", "restricted")


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for attacks that come in, and sensitive data that go out, unchecked."""
    if subject.effective is None:
        return
    policy = subject.effective.policy
    if not all(is_known(guardrail.detector) for guardrail in policy.guardrails):
        return  # 'unknown-detector' says so, and the name may be a misspelt one of these
    place: Path = ("guardrails",) if subject.data.get("guardrails") else ("extends",)
    if Direction.INPUT not in subject.effective.reach.directions("prompt_attack"):
        yield Problem(
            message="no enabled guardrail looks for prompt attacks in the input",
            at=place,
            hint="add '{detector: prompt_attack, direction: input}'",
        )
    data = policy.data_sensitivity
    if data in _SENSITIVE and Direction.OUTPUT not in subject.effective.reach.directions("pii"):
        yield Problem(
            message=f"the application handles {data} data,"
            " and no enabled guardrail looks for personal data in the output",
            at=("data_sensitivity",) if "data_sensitivity" in subject.data else place,
            hint="add '{detector: pii, direction: output}', or the kinds of it that matter",
        )


RULE = Rule(
    id="direction-not-covered",
    summary="attacks come in unchecked, or sensitive data go out unchecked",
    severity=Severity.WARNING,
    check=check,
    references=("https://genai.owasp.org/llm-top-10/",),
)
