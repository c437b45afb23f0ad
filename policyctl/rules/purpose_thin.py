"""The purpose tells a stranger what the guardrails protect."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.finding import Severity
from policyctl.rules.rule import Problem, Rule, Subject
from policyctl.rules.wordiness import says_little

_LEAST = 20


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem if the purpose is short, a stock phrase, or the policy's name again."""
    purpose = _plain(subject.data["purpose"])
    repeated = purpose in (_plain(subject.data["name"]), _plain(subject.data["id"]))
    if repeated or says_little(subject.data["purpose"], least=_LEAST):
        yield Problem(
            message="the purpose repeats the name" if repeated else "the purpose says little",
            at=("purpose",),
            hint="say who uses the application, for what, and what it may do",
        )


def _plain(text: str) -> str:
    return text.strip(" .").replace("-", " ").lower()


RULE = Rule(
    id="purpose-thin",
    summary="the purpose says little",
    severity=Severity.NOTE,
    check=check,
    references=("https://doi.org/10.6028/NIST.AI.100-1",),
)
