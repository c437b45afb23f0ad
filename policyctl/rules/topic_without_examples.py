"""A topic comes with sentences that belong to it."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.finding import Severity
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each topic without an example."""
    for index, item in enumerate(subject.data.get("guardrails", ())):
        for position, topic in enumerate(item.get("topics", ())):
            if not topic.get("examples"):
                yield Problem(
                    message=f"topic '{topic['name']}' has no examples",
                    at=("guardrails", index, "topics", position),
                    hint="add 'examples:' with some sentences that users really write",
                )


RULE = Rule(
    id="topic-without-examples",
    summary="a topic has no examples",
    severity=Severity.NOTE,
    check=check,
    references=(
        "https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-denied-topics.html",
    ),
)
