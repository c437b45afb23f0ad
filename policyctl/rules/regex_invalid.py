"""A regular expression in a policy can be compiled."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.expression_syntax import compile_problem
from policyctl.core.finding import Severity
from policyctl.rules.expression_texts import expression_texts
from policyctl.rules.rule import Problem, Rule, Subject

_HINTS = {
    r"bad escape \p": r"write letters as '[^\W\d_]': classes such as '\p{L}' are not understood",
    "look-behind": "let the look-behind have one length, or write it as an ordinary group",
    "global flags": "write '(?i)' at the very start, or '(?i:…)' round the part",
    "nothing to repeat": r"to mean the character itself, write '\*', '\+' or '\?'",
    "multiple repeat": r"to mean the character itself, write '\*', '\+' or '\?'",
    "nests deeper": "write it with fewer groups inside each other",
}


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each expression of the file that cannot be compiled."""
    for detector, text, at in expression_texts(subject):
        found = compile_problem(text)
        if found:
            yield Problem(
                message=f"a regular expression of guardrail '{detector}' cannot be compiled:"
                f" {found}",
                at=at,
                hint=next((hint for part, hint in _HINTS.items() if part in found), _OTHERWISE),
            )


_OTHERWISE = "the syntax is that of Python: https://docs.python.org/3/library/re.html"

RULE = Rule(
    id="regex-invalid",
    summary="a regular expression cannot be compiled",
    severity=Severity.ERROR,
    check=check,
    validates=True,
    references=("https://docs.python.org/3/library/re.html#regular-expression-syntax",),
)
