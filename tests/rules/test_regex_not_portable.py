"""Corner cases of regex-not-portable."""

from __future__ import annotations

import pytest

from policyctl.rules.regex_not_portable import RULE
from policyctl.rules.rule import Problem


def guardrail(text):
    return f"guardrails: [{{detector: custom/names, regex: ['{text}']}}]\n"


def test_everything_that_is_special_is_named_at_once(compact, subject_of):
    assert list(RULE.check(subject_of(compact + guardrail(r"(a)\1(?!b)c++")))) == [
        Problem(
            message="a regular expression of guardrail 'custom/names' has a back-reference and"
            " a look-ahead and a possessive quantifier, which not every engine understands",
            at=("guardrails", 0, "regex", 0),
            hint="write it without, if the policy may be exported to another engine",
        )
    ]


@pytest.mark.parametrize("text", [r"(?i)\bacme\b", "[^a-z]{2,}?$", "(?P<name>a|b)"])
def test_what_all_engines_share_is_accepted(compact, subject_of, text):
    assert list(RULE.check(subject_of(compact + guardrail(text)))) == []
