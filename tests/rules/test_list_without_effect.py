"""Corner cases of list-without-effect."""

from __future__ import annotations

import pytest

from policyctl.rules.list_without_effect import RULE
from policyctl.rules.rule import Problem

LISTS = {
    "words": "[acme]",
    "regex": "[acme]",
    "topics": "[{name: a, definition: b}]",
    "allowed_domains": "[example.com]",
}


def guardrail(detector, key):
    return f"guardrails: [{{detector: {detector}, {key}: {LISTS[key]}}}]\n"


def test_the_list_and_where_it_belongs_are_named(compact, subject_of):
    assert list(RULE.check(subject_of(compact + guardrail("pii/email", "allowed_domains")))) == [
        Problem(
            message="guardrail 'pii/email' has allowed domains, which its detector never looks at",
            at=("guardrails", 0, "allowed_domains"),
            hint="'allowed_domains' belongs to unknown_links",
            key=True,
        )
    ]


@pytest.mark.parametrize(
    ("detector", "key"),
    [
        ("prompt_attack", "words"),
        ("prompt_attack/jailguard", "regex"),
        ("unknown_links", "words"),
        ("secrets", "words"),
        ("pii", "topics"),
        ("custom/names", "allowed_domains"),
    ],
)
def test_lists_of_other_kinds_are_found(compact, subject_of, detector, key):
    assert len(list(RULE.check(subject_of(compact + guardrail(detector, key))))) == 1


@pytest.mark.parametrize(
    ("detector", "key"),
    [
        ("custom/names", "words"),
        ("moderated_content/profanity", "words"),
        ("secrets", "regex"),
        ("topic/medical", "topics"),
        ("unknown_links", "allowed_domains"),
        ("promt_attack", "words"),
    ],
)
def test_lists_in_their_place_and_unknown_detectors_are_left_alone(
    compact, subject_of, detector, key
):
    assert list(RULE.check(subject_of(compact + guardrail(detector, key)))) == []
