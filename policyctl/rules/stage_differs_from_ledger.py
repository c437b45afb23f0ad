"""The stage in the file is the one that the ledger recorded."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.finding import Severity
from policyctl.rules.edit import Edit
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem if the file's stage is not the one after the trail's last entry."""
    if not subject.trail:
        return
    last, stage = subject.trail[-1], subject.data["stage"]
    if last.target is None:
        yield Problem(
            message=f"the stage is '{stage}',"
            f" and entry {last.seq} of the ledger retired the policy",
            at=("stage",),
            hint="remove the file, or give the policy a new id",
        )
    elif last.target.value != stage:
        yield Problem(
            message=f"the stage is '{stage}',"
            f" and entry {last.seq} of the ledger says '{last.target.value}'",
            at=("stage",),
            hint=f"write 'stage: {last.target.value}';"
            " only 'policyctl promote' and 'policyctl demote' move it",
        )


def fix(subject: Subject, problem: Problem) -> Edit | None:
    """The stage that the ledger has; None for a policy that it retired."""
    target = subject.trail[-1].target
    return Edit(at=problem.at, value=target.value) if target else None


RULE = Rule(
    id="stage-differs-from-ledger",
    summary="the file's stage is not the one that the ledger recorded",
    severity=Severity.ERROR,
    check=check,
    references=("https://doi.org/10.6028/NIST.SP.800-53r5",),
    fix=fix,
)
