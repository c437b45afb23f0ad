"""A policy that protects less than its baseline says why."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.finding import Path, Severity
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each value that is weaker than the baseline's, without a reason."""
    if subject.effective is None:
        return
    for weakening in subject.effective.weakenings:
        if weakening.reason:
            continue
        of_guardrail = weakening.name.startswith("guardrails.")
        yield Problem(
            message=f"{weakening.name} is weaker than the baseline's:"
            f" {weakening.baseline} there, {weakening.policy} here",
            at=_place(subject, weakening.name),
            hint="say why in the guardrail: 'reason: …'"
            if of_guardrail
            else f"say why in the policy: 'reasons: {{{weakening.name}: …}}'",
        )


def _place(subject: Subject, name: str) -> Path:
    """Where the file gives the value that a weakening names."""
    steps = tuple(name.split("."))
    if steps[0] != "guardrails":
        return steps
    _, detector, direction, key = steps
    for index, item, spoken in subject.guardrails:
        if item["detector"] == detector and direction in spoken:
            # What the item does not give itself, it is weaker by leaving out.
            return ("guardrails", index, key) if key in item else ("guardrails", index)
    return ("guardrails",)


RULE = Rule(
    id="weaker-than-baseline",
    summary="a value is weaker than the baseline's, and no reason is given",
    severity=Severity.WARNING,
    check=check,
    validates=True,
)
