"""A policy extends the newest version of its baseline."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.finding import Severity
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem if there is a newer version of the baseline that the policy extends."""
    name = subject.data.get("extends")
    if name is None or name not in subject.baselines:  # 'unknown-baseline' says so
        return
    newest = max(
        (other for other in subject.baselines if _named(other)[0] == _named(name)[0]),
        key=lambda other: _named(other)[1],
    )
    if newest != name:
        yield Problem(
            message=f"the policy extends '{name}', and there is '{newest}'",
            at=("extends",),
            hint=f"read what '{newest}' changes, and move to it as a recorded change of its own",
        )


def _named(name: str) -> tuple[str, int]:
    baseline, _, version = name.partition("@")
    return baseline, int(version)


RULE = Rule(
    id="outdated-baseline",
    summary="there is a newer version of the baseline",
    severity=Severity.WARNING,
    check=check,
    references=("https://doi.org/10.6028/NIST.CSWP.29",),
)
