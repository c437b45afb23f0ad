"""Corner cases of placeholder-purpose."""

from __future__ import annotations

from policyctl.core.policy import PLACEHOLDER
from policyctl.rules.placeholder_purpose import RULE
from policyctl.rules.rule import Problem


def with_purpose(compact, purpose):
    return compact.replace("Answers questions about orders.", purpose)


def test_what_a_new_policy_says_is_found(compact, subject_of):
    assert list(RULE.check(subject_of(with_purpose(compact, f'"{PLACEHOLDER}"')))) == [
        Problem(
            message="the purpose is still the placeholder of a new policy",
            at=("purpose",),
            hint="say who uses the application, for what, and what it may do",
        )
    ]


def test_the_placeholder_with_space_around_it_is_still_the_placeholder(compact, subject_of):
    folded = ">\n  " + PLACEHOLDER.replace(", ", ",\n  ") + "\n"

    assert len(list(RULE.check(subject_of(with_purpose(compact, folded))))) == 1


def test_any_other_purpose_is_accepted(compact, subject_of):
    assert list(RULE.check(subject_of(compact))) == []
