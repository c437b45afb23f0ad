"""Corner cases of topic-without-examples."""

from __future__ import annotations

import pytest

from policyctl.core.finding import Severity
from policyctl.rules.rule import Problem
from policyctl.rules.topic_without_examples import RULE


def topics(*items):
    listed = "".join(f"      - {{{item}}}\n" for item in items)
    return f"guardrails:\n  - detector: topic/advice\n    topics:\n{listed}"


@pytest.mark.parametrize("tail", ["", ", examples: []"])
def test_a_topic_without_examples_is_noted(compact, subject_of, tail):
    text = compact + topics(
        "name: law, definition: b, examples: [May I sue?]", f"name: medicine, definition: b{tail}"
    )

    assert RULE.severity is Severity.NOTE
    assert list(RULE.check(subject_of(text))) == [
        Problem(
            message="topic 'medicine' has no examples",
            at=("guardrails", 0, "topics", 1),
            hint="add 'examples:' with some sentences that users really write",
        )
    ]
