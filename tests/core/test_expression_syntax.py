"""What Python can compile is told without compiling it."""

from __future__ import annotations

import re

import pytest

from policyctl.core.expression_syntax import DEEPEST, LONGEST, compile_problem, parse


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("(a", "missing ), unterminated subpattern at character 1"),
        ("[a", "unterminated character set at character 1"),
        ("a**", "multiple repeat at character 3"),
        ("*a", "nothing to repeat at character 1"),
        ("a{2,1}", "min repeat greater than max repeat at character 3"),
        (r"\p{L}", r"bad escape \p at character 1"),
        ("a(?i)", "global flags not at the start of the expression at character 2"),
        ("(?<=a+)b", "look-behind requires fixed-width pattern"),
        ("a{99999999999}", "the repetition number is too large"),
        ("(?a)(?u)x", "ASCII and UNICODE flags are incompatible"),
        ("a" * (LONGEST + 1), "it is longer than 500 characters"),
        ("(?:" * (DEEPEST + 1) + "a" + ")?" * (DEEPEST + 1), "it nests deeper than 50"),
        ("(" * 249 + "a" + ")" * 249, "it nests deeper than 50"),
    ],
)
def test_what_cannot_be_compiled_is_said_in_one_sentence(text, problem):
    assert compile_problem(text) == problem

    with pytest.raises(ValueError, match=re.escape(problem)):
        parse(text)


@pytest.mark.parametrize(
    "text", ["", "a++b", "(?>a)", "(?<=ab|cd)e", "(?i)[^ä]{2,}?", "[[:alpha:]]"]
)
def test_what_python_compiles_has_no_problem(text):
    assert compile_problem(text) == ""


@pytest.mark.parametrize("text", ["(?<=a|bc)d", "(?<!a{2,3})b", "(?=(?<=a+)b)c", "(?:(?<=a*)b)+"])
def test_a_look_behind_is_judged_as_the_compiler_would_wherever_it_stands(text):
    with pytest.raises(re.error, match="look-behind requires fixed-width pattern"):
        re.compile(text)

    assert compile_problem(text) == "look-behind requires fixed-width pattern"


def test_a_set_that_python_warns_of_is_read_without_a_warning(recwarn):
    _, warned = parse("[[:alpha:]]")

    assert warned
    assert list(recwarn) == []
