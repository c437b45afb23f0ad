"""A policy and its baseline together give everything that a policy needs."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.finding import Severity
from policyctl.core.items import missing
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem if sensitivity or guardrails are given nowhere.

    A baseline that cannot be found is silent here: it may give all of it.
    """
    name = subject.data.get("extends")
    if name is not None and subject.baseline is None:
        return
    absent = missing(subject.data, subject.baseline)
    if absent:
        keys = " and ".join(f"'{key}:'" for key in absent)
        yield Problem(
            message=f"the policy has no {' and no '.join(absent)},"
            + (f" and neither has '{name}'" if name else " and extends no baseline"),
            at=("extends",) if name else (),
            hint=f"add {keys}, or extend a baseline that has {'them' if absent[1:] else 'it'}",
        )


RULE = Rule(
    id="incomplete-policy",
    summary="neither the policy nor its baseline gives sensitivity or guardrails",
    severity=Severity.ERROR,
    check=check,
    validates=True,
)
