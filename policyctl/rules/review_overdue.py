"""The dials are looked at again as often as the policy says."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.finding import Path, Severity
from policyctl.rules.history import in_days, unattended_for
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem if the review interval has passed since the last change or review."""
    idle = unattended_for(subject)
    if idle is None or subject.effective is None:
        return
    every = subject.effective.policy.thresholds.review_every
    if every is not None and idle > every:
        own = "review_every" in subject.data.get("thresholds", {})
        at: Path = ("thresholds", "review_every") if own else ("extends",)
        yield Problem(
            message=f"the last recorded change or review is {in_days(idle)} old,"
            f" and the dials are to be reviewed every {in_days(every)}",
            at=at,
            hint="review the dials, and put on record what came of it: 'policyctl record', with "
            "'--reviewed' where they stay",
        )


RULE = Rule(
    id="review-overdue",
    summary="the time after which the thresholds are reviewed again has passed",
    severity=Severity.WARNING,
    check=check,
    references=("https://doi.org/10.6028/NIST.AI.100-1",),
)
