"""A control that a policy claims is served by a guardrail that is on."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.finding import Path, Severity
from policyctl.core.served_controls import AGENTIC, LLM, possibly_served, servants
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each claimed control of OWASP that no enabled guardrail can serve."""
    if subject.effective is None:
        return
    policy = subject.effective.policy
    served = possibly_served(policy.guardrails)
    if served is None:
        return
    for framework in (LLM, AGENTIC):
        catalogue = subject.catalogues.get(framework)
        known = catalogue.controls if catalogue else {}
        for control in policy.controls.get(framework, ()):
            # An unknown control is the finding of 'unknown-control'.
            if control in known and (framework, control) not in served:
                able = servants(framework, control)
                yield Problem(
                    message=f"the policy claims {control} ({known[control]}),"
                    " and no enabled guardrail serves it",
                    at=_place(subject, framework, control),
                    hint=f"it is served by {' or '.join(able)}, in the right direction"
                    if able
                    else "no detector serves it: claim it where it is done, outside this policy",
                )


def _place(subject: Subject, framework: str, control: str) -> Path:
    own = subject.data.get("controls", {}).get(framework, [])
    return ("controls", framework, own.index(control)) if control in own else ("extends",)


RULE = Rule(
    id="control-not-served",
    summary="a policy claims a control that none of its guardrails serves",
    severity=Severity.WARNING,
    check=check,
    references=("https://genai.owasp.org/llm-top-10/",),
)
