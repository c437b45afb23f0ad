"""A policy in the stage 'limited' says what it is limited to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policyctl.core.finding import Severity
from policyctl.core.stages import Stage
from policyctl.rules.inherited import problem_of_value
from policyctl.rules.rule import Problem, Rule, Subject

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    from typing import Any

_HINT = "name guardrails, apps, cohorts or a share under 'limited:'"


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem if the stage is limited and there is no scope, or one without limits."""
    if subject.effective is None or subject.data["stage"] != Stage.LIMITED.value:
        return
    limited = subject.effective.data.get("limited")
    if limited is None:
        message = "the stage is 'limited', and nothing says to what"
        yield Problem(message=message, at=("stage",), hint=_HINT)
    elif not _narrows(limited):
        message = "the stage is 'limited', and its scope leaves nothing out"
        yield problem_of_value(subject, message, at=("limited",), hint=_HINT)


def _narrows(limited: Mapping[str, Any]) -> bool:
    """True if a line narrows the scope; the salt alone would let the stage act on everything."""
    return any(key in limited for key in ("guardrails", "apps", "cohorts", "share"))


RULE = Rule(
    id="limited-without-scope",
    summary="the stage is 'limited', and nothing says to what",
    severity=Severity.ERROR,
    check=check,
    validates=True,
)
