"""The problem of a policy that stays in a stage for longer than it should."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from policyctl.core.stages import Stage
from policyctl.rules.history import in_days, time_in
from policyctl.rules.rule import Problem, Subject


def parked(
    subject: Subject, stage: Stage, deadline: timedelta, *, forward: str
) -> Iterator[Problem]:
    """Yield a problem if the policy has been in a stage for longer than its deadline.

    Args:
        subject: the policy.
        stage: where it must not stay.
        deadline: how long it may.
        forward: what the way out is, as a hint.
    """
    spent = time_in(subject, stage)
    if spent is not None and spent > deadline:
        yield Problem(
            message=f"the policy has been in '{stage.value}' for {in_days(spent)},"
            f" and {in_days(deadline)} are the limit",
            at=("stage",),
            hint=forward,
        )
