"""What protects confidential data from the public is not set to its lowest."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.covering import covers
from policyctl.core.finding import Severity
from policyctl.core.levels import Sensitivity
from policyctl.rules.appetite import appetite
from policyctl.rules.rule import Problem, Rule, Subject

_DETECTORS = ("prompt_attack", "pii")
_DATA = ("confidential", "restricted")
_LEAST = Sensitivity.L2
_HINT = f"set it to {_LEAST.name} or higher"


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each value of the file that puts such a guardrail below L2, or off.

    What comes from the baseline is the baseline's matter, and a level that governance does not
    accept that of 'outside-appetite'.
    """
    data = subject.data
    if data["use_case"] != "public-facing" or data["data_sensitivity"] not in _DATA:
        return
    open_to_all = f"and {data['data_sensitivity']} data is open to the public"
    if _low(subject, data.get("sensitivity")) and _dial_decides(subject):
        yield Problem(
            message=f"the sensitivity is {data['sensitivity']}, {open_to_all}",
            at=("sensitivity",),
            hint=_HINT,
        )
    for index, item in enumerate(data.get("guardrails", ())):
        name, level = item["detector"], item.get("sensitivity")
        if not _concerned(name):
            continue
        if not item.get("enabled", True):
            yield Problem(
                message=f"guardrail '{name}' is switched off, {open_to_all}",
                at=("guardrails", index, "enabled"),
                hint=f"switch it on at {_LEAST.name} or higher",
            )
        elif _low(subject, level):
            yield Problem(
                message=f"the sensitivity of '{name}' is {level}, {open_to_all}",
                at=("guardrails", index, "sensitivity"),
                hint=_HINT,
            )


def _concerned(detector: str) -> bool:
    return any(covers(family, detector) for family in _DETECTORS)


def _low(subject: Subject, level: str | None) -> bool:
    if level is None or Sensitivity[level] >= _LEAST:
        return False
    accepted = appetite(subject)
    return not accepted or level in accepted


def _dial_decides(subject: Subject) -> bool:
    """True if an enabled guardrail of these has no sensitivity but the policy's dial."""
    if subject.effective is None:
        return False
    from_dial = {
        tuple(value.name.split(".")[1:3])
        for value in subject.effective.values
        if value.name.startswith("guardrails.") and value.origin.endswith(": sensitivity")
    }
    return any(
        guardrail.enabled
        and _concerned(guardrail.detector)
        and (guardrail.detector, guardrail.direction.value) in from_dial
        for guardrail in subject.effective.policy.guardrails
    )


RULE = Rule(
    id="public-facing-confidential-low",
    summary="the public reaches confidential data past a guardrail at its lowest",
    severity=Severity.WARNING,
    check=check,
    references=("https://genai.owasp.org/llm-top-10/",),
)
