"""Sensitivities stay within the risk appetite that governance decided."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.finding import Path, Severity
from policyctl.rules.appetite import appetite, place_in_words
from policyctl.rules.dials import own_dials
from policyctl.rules.inherited import problem_of_value
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each sensitivity that governance does not accept.

    A guardrail's own value in a baseline is no finding: governance accepted it when it adopted the
    baseline. The policy's dial is one wherever it comes from.
    """
    accepted = appetite(subject)
    if not accepted or subject.effective is None:
        return
    for name, level, at in _dials(subject):
        if level not in accepted:
            yield problem_of_value(
                subject,
                f"{name} is {level}, and governance accepts {_either(accepted)}"
                f" for {place_in_words(subject)}",
                at=at,
                hint=f"set it to {_either(accepted)}, or have the appetite changed",
            )


def _dials(subject: Subject) -> Iterator[tuple[str, str, Path]]:
    if subject.effective is not None:
        yield "the sensitivity", subject.effective.policy.sensitivity.name, ("sensitivity",)
    for index, item in own_dials(subject):
        if item.get("enabled", True):
            name = f"the sensitivity of '{item['detector']}'"
            yield name, item["sensitivity"], ("guardrails", index, "sensitivity")


def _either(levels: tuple[str, ...]) -> str:
    return " or ".join(levels)


RULE = Rule(
    id="outside-appetite",
    summary="a sensitivity lies outside the risk appetite",
    severity=Severity.ERROR,
    check=check,
    references=("https://doi.org/10.6028/NIST.CSWP.29",),
)
