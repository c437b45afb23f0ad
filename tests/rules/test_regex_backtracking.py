"""Corner cases of regex-backtracking; what is found is the matter of tests/core."""

from __future__ import annotations

from policyctl.rules.regex_backtracking import RULE
from policyctl.rules.rule import Problem


def guardrail(text):
    return f"guardrails: [{{detector: custom/names, regex: ['acme', '{text}']}}]\n"


def test_ways_that_double_are_named_with_a_character(compact, subject_of):
    assert list(RULE.check(subject_of(compact + guardrail(r"(\w+\s?)*:")))) == [
        Problem(
            message="a regular expression of guardrail 'custom/names' can take time that doubles"
            " with every few characters of a message",
            at=("guardrails", 0, "regex", 1),
            hint="write what is repeated so that 'a' is taken in one way only:"
            " no repetition inside a repetition, no branches that overlap",
        )
    ]


def test_repetitions_in_a_row_are_told_apart_from_that(compact, subject_of):
    (problem,) = RULE.check(subject_of(compact + guardrail(r"\s*\s*x")))

    assert problem.message.endswith("grows with the square of a message, or faster")
    assert problem.hint == (
        "two repetitions that follow each other both take ' ':"
        " join them, or limit how often they repeat"
    )


def test_what_is_too_intricate_is_said_to_be(compact, subject_of):
    (problem,) = RULE.check(subject_of(compact + guardrail("(?:" + "a?b?c?d?" * 30 + ")*$")))

    assert problem.message.endswith("is too intricate to tell how long it can take")
    assert problem.hint == "split it into several simpler ones"


def test_what_cannot_be_compiled_is_left_to_regex_invalid(compact, subject_of):
    assert list(RULE.check(subject_of(compact + guardrail("(a+)+(")))) == []
