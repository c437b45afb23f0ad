"""A policy in 'logging' soon says who will answer for its dials."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from policyctl.core.finding import Severity
from policyctl.core.stages import Stage
from policyctl.rules.history import in_days, time_in
from policyctl.rules.rule import Problem, Rule, Subject

_PATIENCE = timedelta(days=30)


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem if the policy is in logging for long, and owner or reviewer are missing."""
    spent = time_in(subject, Stage.LOGGING)
    if spent is None or spent <= _PATIENCE or subject.effective is None:
        return
    thresholds = subject.effective.policy.thresholds
    missing = [name for name in ("owner", "reviewer") if not getattr(thresholds, name)]
    if missing:
        written = "thresholds" in subject.data
        absent = " and no ".join(f"thresholds.{name}" for name in missing)
        keys = ", ".join(f"{name}: …" for name in missing)
        yield Problem(
            message=f"the policy has been in 'logging' for {in_days(spent)},"
            f" and there is no {absent}",
            at=("thresholds",) if written else ("stage",),
            hint=f"add 'thresholds: {{{keys}}}': without it the policy cannot leave 'logging'",
            key=written,
        )


RULE = Rule(
    id="thresholds-not-planned",
    summary="after a month in 'logging' nobody is named who will own the thresholds",
    severity=Severity.WARNING,
    check=check,
    references=("https://doi.org/10.6028/NIST.AI.100-1",),
)
