"""Each exception has an id of its own."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.finding import Severity
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each exception whose id an earlier one has."""
    first: dict[str, int] = {}
    for index, item in enumerate(subject.data.get("exceptions", ())):
        earlier = first.setdefault(item["id"], index)
        if earlier != index:
            yield Problem(
                message=f"exception '{item['id']}' has the id of exceptions[{earlier}]",
                at=("exceptions", index, "id"),
                hint="give it an id of its own",
            )


RULE = Rule(
    id="duplicate-exception",
    summary="two exceptions have the same id",
    severity=Severity.ERROR,
    check=check,
    validates=True,
)
