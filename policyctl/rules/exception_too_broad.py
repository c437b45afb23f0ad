"""An exception lets through what it has to, and not a guardrail's whole work."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.detectors import FAMILIES
from policyctl.core.finding import Path, Severity
from policyctl.core.policy import PolicyException
from policyctl.rules.rule import Problem, Rule, Subject

_OPEN_FAMILIES = ("custom", "topic")


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each standing exception whose criterion leaves nearly nothing out."""
    apps = subject.effective.policy.apps if subject.effective else ()
    for index, exception in subject.standing:
        found = _breadth(exception, apps)
        if found is not None:
            what, at, hint = found
            yield Problem(
                message=f"exception '{exception.id}' {what}",
                at=("exceptions", index, *at),
                hint=hint,
            )


def _breadth(exception: PolicyException, apps: tuple[str, ...]) -> tuple[str, Path, str] | None:
    """What is too broad, where in the exception, and what would narrow it."""
    name = exception.guardrail
    narrowed = exception.cohorts or exception.keys
    if exception.direction and not narrowed and not exception.apps:
        side = exception.direction.value
        what = f"lets through every detection of '{name}' in the {side}"
        return what, ("when",), "narrow it by app, cohort or key"
    # One app may be all that there is; to list several is to say "everywhere".
    if len(apps) > 1 and set(apps) <= set(exception.apps) and not narrowed:
        what = "lists every app of the policy"
        return what, ("when", "app"), "name the apps that need it, or narrow it by cohort or key"
    if name in (*FAMILIES, *_OPEN_FAMILIES) and not exception.apps and not exception.keys:
        members = FAMILIES.get(name)
        example = members[0] if members else f"{name}/<name>"
        what = f"lets through the whole family '{name}'"
        return what, ("guardrail",), f"name what is meant, as in '{example}', or the app it is for"
    return None


RULE = Rule(
    id="exception-too-broad",
    summary="an exception lets through nearly all that a guardrail stops",
    severity=Severity.WARNING,
    check=check,
    references=("https://doi.org/10.6028/NIST.SP.800-53r5",),
)
