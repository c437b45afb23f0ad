"""A limited share takes in some keys and leaves out others."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.finding import Severity
from policyctl.core.quantities import WHOLE, millionths
from policyctl.rules.inherited import problem_of_value
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem if the limited share is nobody's, or everybody's."""
    if subject.effective is None:
        return
    written = subject.effective.data.get("limited", {}).get("share")
    part = None if written is None else millionths(written)
    if part == 0:
        yield problem_of_value(
            subject,
            "limited.share is 0%, so the stage 'limited' acts on nobody",
            at=("limited", "share"),
            hint="give it a share above 0%",
        )
    elif part == WHOLE:
        yield problem_of_value(
            subject,
            "limited.share is 100%, so it leaves nobody out",
            at=("limited", "share"),
            hint="give it a share below 100%, or leave out 'share' and 'key'",
        )


RULE = Rule(
    id="share-without-effect",
    summary="the limited share is 0% or 100%",
    severity=Severity.ERROR,
    check=check,
    validates=True,
)
