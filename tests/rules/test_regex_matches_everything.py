"""Corner cases of regex-matches-everything."""

from __future__ import annotations

import re

import pytest

from policyctl.rules.regex_matches_everything import RULE

LINES = ["", "x", "a message", "ein paar Wörter"]


def guardrail(text):
    return f"guardrails: [{{detector: custom/names, regex: ['{text}']}}]\n"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("a|", "the empty text, and so every message"),
        ("acme||globex", "the empty text, and so every message"),
        (".*", "the empty text, and so every message"),
        ("x*", "the empty text, and so every message"),
        ("(?:a|b)?", "the empty text, and so every message"),
        ("^", "the empty text, and so every message"),
        ("^a*", "the empty text, and so every message"),
        ("(?>a?)", "the empty text, and so every message"),
        (r"[\s\S]+", "any character"),
        (".", "any character"),
        ("acme|.+", "any character"),
        ("..", "any 2 characters"),
        ("^.*$", "every line of text"),
        ("^.+$", "every line of text"),
    ],
)
def test_what_asks_for_nothing_is_found(compact, subject_of, text, what):
    (problem,) = RULE.check(subject_of(compact + guardrail(text)))

    assert problem.message == f"a regular expression of guardrail 'custom/names' matches {what}"
    assert problem.at == ("guardrails", 0, "regex", 0)
    assert all(re.search(text, line) for line in LINES if len(line) > 1)


@pytest.mark.parametrize(
    "text",
    [
        "acme",
        "acme|globex",
        "a+",
        r"\w",
        "^$",
        r"^\s*$",
        "^a?$",
        r"\b",
        "(?=a)",
        "(?!)",
        ".{2000,}",
        ".*acme.*",
        r"(a)?\1b",
    ],
)
def test_what_asks_for_something_is_accepted(compact, subject_of, text):
    assert list(RULE.check(subject_of(compact + guardrail(text)))) == []
