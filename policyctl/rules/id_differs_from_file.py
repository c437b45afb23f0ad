"""A policy's file is named after its id."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.finding import Severity
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem if a file in a folder called ``policies`` has another name than its id."""
    path, slash, name = subject.document.file.rpartition("/")
    folder = path.rpartition("/")[2] if slash else subject.here
    own = subject.data["id"]
    if folder == "policies" and name != f"{own}.yaml":
        yield Problem(
            message=f"policy '{own}' stands in a file called '{name}'",
            at=("id",),
            hint=f"rename the file to '{own}.yaml', or change the id",
        )


RULE = Rule(
    id="id-differs-from-file",
    summary="a policy's file is not named after its id",
    severity=Severity.ERROR,
    check=check,
    validates=True,
)
