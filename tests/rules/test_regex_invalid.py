"""Corner cases of regex-invalid."""

from __future__ import annotations

import pytest

from policyctl.rules.regex_invalid import RULE
from policyctl.rules.rule import Problem
from policyctl.rules.validating import VALIDATING


def guardrail(*expressions):
    listed = ", ".join(f"'{text}'" for text in expressions)
    return f"guardrails: [{{detector: custom/names, regex: [{listed}]}}]\n"


def test_the_message_says_what_python_says_and_where(compact, subject_of):
    assert list(RULE.check(subject_of(compact + guardrail("fine", "(acme")))) == [
        Problem(
            message="a regular expression of guardrail 'custom/names' cannot be compiled:"
            " missing ), unterminated subpattern at character 1",
            at=("guardrails", 0, "regex", 1),
            hint="the syntax is that of Python: https://docs.python.org/3/library/re.html",
        )
    ]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (r"\p{L}+", r"write letters as '[^\W\d_]': classes such as '\p{L}' are not understood"),
        ("(?<=a+)b", "let the look-behind have one length, or write it as an ordinary group"),
        ("a(?i)", "write '(?i)' at the very start, or '(?i:…)' round the part"),
        ("*.acme.com", r"to mean the character itself, write '\*', '\+' or '\?'"),
        ("(" * 60 + ")" * 60, "write it with fewer groups inside each other"),
    ],
)
def test_the_usual_mistakes_have_a_hint_of_their_own(compact, subject_of, text, hint):
    (problem,) = RULE.check(subject_of(compact + guardrail(text)))

    assert problem.hint == hint


@pytest.mark.parametrize("text", ["a++b", "(?>a|ab)c", "(?<=a)b", "[[:alpha:]]"])
def test_what_python_compiles_is_accepted(compact, subject_of, text):
    assert list(RULE.check(subject_of(compact + guardrail(text)))) == []


def test_validate_runs_it_too():
    assert RULE in VALIDATING
