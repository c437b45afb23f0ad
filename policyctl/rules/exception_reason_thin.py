"""An exception says why in words that somebody can judge."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.finding import Severity
from policyctl.rules.rule import Problem, Rule, Subject
from policyctl.rules.wordiness import says_little

_LEAST = 15


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each exception whose reason is short or a stock phrase."""
    for index, item in enumerate(subject.data.get("exceptions", ())):
        if says_little(item["reason"], least=_LEAST):
            yield Problem(
                message=f"exception '{item['id']}' gives a reason that says little",
                at=("exceptions", index, "reason"),
                hint="say what is stopped wrongly, for whom, and why that is harmless",
            )


RULE = Rule(
    id="exception-reason-thin",
    summary="the reason of an exception says little",
    severity=Severity.WARNING,
    check=check,
    references=("https://doi.org/10.6028/NIST.CSWP.29",),
)
