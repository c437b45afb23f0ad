"""Corner cases of guardrail-unreachable."""

from __future__ import annotations

import pytest

from policyctl.rules.guardrail_unreachable import RULE
from policyctl.rules.rule import Problem


def guardrails(*items):
    return "guardrails:\n" + "".join(f"  - {{{item}}}\n" for item in items)


def test_off_without_ever_having_been_on_is_found(compact, subject_of):
    assert list(
        RULE.check(subject_of(compact + guardrails("detector: secrets, enabled: false")))
    ) == [
        Problem(
            message="guardrail 'secrets' is off, and nothing would have it on",
            at=("guardrails", 0, "enabled"),
            hint="remove the guardrail, or switch it on",
        )
    ]


def test_a_direction_that_the_baseline_has_not_is_found(compact, subject_of):
    text = compact + guardrails("detector: prompt_attack, direction: output, enabled: false")

    assert len(list(RULE.check(subject_of(text)))) == 1


@pytest.mark.parametrize(
    "items",
    [
        ("detector: prompt_attack, enabled: false",),
        ("detector: pii/email, enabled: false",),
        ("detector: secrets",),
        ("detector: moderated_content", "detector: moderated_content/hate, enabled: false"),
    ],
    ids=["in the baseline", "its family is", "on", "its family is in the file"],
)
def test_what_switches_something_off_is_accepted(compact, subject_of, items):
    assert list(RULE.check(subject_of(compact + guardrails(*items)))) == []


def test_a_family_that_is_off_itself_covers_nothing(compact, subject_of):
    text = compact + guardrails(
        "detector: moderated_content, enabled: false",
        "detector: moderated_content/hate, enabled: false",
    )

    assert len(list(RULE.check(subject_of(text)))) == 2
