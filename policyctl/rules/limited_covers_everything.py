"""What the limited scope lists leaves something out."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.covering import covers
from policyctl.core.finding import Severity
from policyctl.core.policy import Limited, Policy
from policyctl.core.stages import Stage
from policyctl.rules.inherited import problem_of_value
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem if every line of the limited scope lists all that there is.

    A share is the matter of 'share-without-effect', and in the stage limited a scope without any
    line that of 'limited-without-scope'.
    """
    if subject.effective is None or subject.effective.policy.limited is None:
        return
    policy = subject.effective.policy
    limited = subject.effective.policy.limited
    if limited.cohorts or limited.share is not None:
        return
    listed = [name for name in ("guardrails", "apps") if getattr(limited, name)]
    if not listed and policy.stage is Stage.LIMITED:
        return
    if _all_guardrails(policy, limited) and _all_apps(policy, limited):
        every = " and ".join(f"every {name[:-1].replace('app', 'application')}" for name in listed)
        yield problem_of_value(
            subject,
            f"the limited scope lists {every}, so it leaves nothing out"
            if listed
            else "the limited scope narrows nothing",
            at=("limited",),
            hint="leave some out, or add cohorts or a share",
        )


def _all_guardrails(policy: Policy, limited: Limited) -> bool:
    enabled = [guardrail.detector for guardrail in policy.guardrails if guardrail.enabled]
    return not limited.guardrails or all(
        any(covers(name, detector) for name in limited.guardrails) for detector in enabled
    )


def _all_apps(policy: Policy, limited: Limited) -> bool:
    return not limited.apps or (bool(policy.apps) and set(policy.apps) <= set(limited.apps))


RULE = Rule(
    id="limited-covers-everything",
    summary="the limited scope leaves nothing out",
    severity=Severity.WARNING,
    check=check,
    references=("https://sre.google/workbook/canarying-releases/",),
)
