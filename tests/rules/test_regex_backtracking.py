"""Corner cases of regex-backtracking; what is found is the matter of tests/core."""

from __future__ import annotations

from policyctl.rules import regex_matches_everything
from policyctl.rules.expressions import MOST_CHARACTERS
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


def many(*texts):
    listed = "".join(f"      - '{text}'\n" for text in texts)
    return f"guardrails:\n  - detector: custom/names\n    regex:\n{listed}"


def test_expressions_beyond_what_is_judged_are_named_once(compact, subject_of):
    full = ["x" * 500] * (MOST_CHARACTERS // 500)
    subject = subject_of(compact + many(*full, "(a+)+b", "(c+)+d"))

    assert list(RULE.check(subject)) == [
        Problem(
            message="the 2 regular expressions from here on are not judged: together the policy's"
            " have more than 20,000 characters",
            at=("guardrails", 0, "regex", len(full)),
            hint="join or shorten them, or put some of them into another policy",
        )
    ]


def test_one_expression_beyond_is_named_as_one(compact, subject_of):
    full = ["x" * 500] * (MOST_CHARACTERS // 500)

    (problem,) = RULE.check(subject_of(compact + many(*full, "(a+)+b")))

    assert problem.message.startswith("the regular expression from here on is not judged: ")


def test_as_much_as_is_judged_is_judged_to_the_last(compact, subject_of):
    full = ["x" * 500] * (MOST_CHARACTERS // 500 - 1)
    subject = subject_of(compact + many(*full, "x" * 494 + "(a+)+b"))

    (problem,) = RULE.check(subject)

    assert problem.at == ("guardrails", 0, "regex", len(full))
    assert "doubles" in problem.message


def test_no_other_rule_judges_what_this_one_says_is_not_judged(compact, subject_of):
    full = ["x" * 500] * (MOST_CHARACTERS // 500)

    assert list(regex_matches_everything.RULE.check(subject_of(compact + many("a*")))) != []
    assert list(regex_matches_everything.RULE.check(subject_of(compact + many(*full, "a*")))) == []
