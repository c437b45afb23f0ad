"""A policy file speaks of a detector once in each direction."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.finding import Severity
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each guardrail of which an earlier one has detector and direction."""
    if len(subject.data.get("guardrails", ())) <= 1:
        return
    first: dict[tuple[str, str], int] = {}
    for index, item, spoken in subject.guardrails:
        repeated: dict[int, list[str]] = {}
        for direction in spoken:
            earlier = first.setdefault((item["detector"], direction), index)
            if earlier != index:
                repeated.setdefault(earlier, []).append(direction)
        for earlier, sides in repeated.items():
            yield Problem(
                message=f"guardrail '{item['detector']}' stands in guardrails[{earlier}] already,"
                f" for {' and '.join(sides)}",
                at=("guardrails", index, "detector"),
                hint="join the two, or give each a direction of its own",
            )


RULE = Rule(
    id="duplicate-guardrail",
    summary="two guardrails have the same detector and direction",
    severity=Severity.ERROR,
    check=check,
    validates=True,
)
