"""Which expressions take long is judged without running them, and right.

The judgement is compared with what Python's own matcher does: it is run on a message made for each
expression, in another process and against a clock.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest

from policyctl.core.backtracking import Growth, backtracking
from policyctl.core.expression import expression
from policyctl.core.sensitive_text import PERSONAL, SECRETS

SAFE = [
    r"\b(?:acme|globex|initech)\b",
    r"[a-z0-9._%+-]+@[a-z0-9.-]+\.[a-z]{2,}",
    r"\d{4}[- ]?\d{4}[- ]?\d{4}[- ]?\d{4}",
    r"(?:\d{1,3}\.){3}\d{1,3}",
    r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}\b",
    r"AKIA[0-9A-Z]{16}",
    r"-----BEGIN (?:RSA |EC )?PRIVATE KEY-----",
    r"eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+",
    r"(?i)ignore (?:all |any )?previous instructions",
    r"\b\d{3}-\d{2}-\d{4}\b",
    r"https?://[^\s/]+/\S*",
    r"<script\b[^>]*>",
    r'"(?:[^"\\]|\\.)*"',
    r"/\*(?:[^*]|\*(?!/))*\*/",
    r"^\s*#.*$",
    r"(?:\w+\.)+\w+@",
    r"(?:[a-z]+-)*[a-z]+!",
    r"\w+\s*=\s*\w+",
    r"^(?:a+)+",
    r"(a+)+",
    r"(?:a|aa)*",
    r"(?:\b\w+\b\s*)+$",
    r"(?:x+y)+z",
    r"(?:a|b|c)+d",
    r"[ab]*c[ab]*d",
    r"(?>a+)+b",
    r"(?>(a+)+)b",
    r"(?:a++)+b",
    r"a{2,5}a{2,5}b",
    r"(?:foo|food)s?\b",
    r"\bpass(?:word|phrase)?\s*[:=]\s*\S+",
    r"(?:(?!</b>).)*</b>",
    r"[A-Z]\w*(?: [A-Z]\w*){0,3}",
    r"\$\d{1,3}(?:,\d{3})*(?:\.\d{2})?",
    r"\+?\d{1,3}[ -]?\(?\d{2,4}\)?[ -]?\d{3,4}[ -]?\d{3,4}",
    r"^[^@]+@[^@]+$",
    r"(?:[^,]*,){5}x",
    r"\d+(?:\.\d+)?%",
    r"(?:ha){2,}h",
    r"(?s)begin.*end",
    r"(?:https?|ftp)://(?:[a-z0-9-]+\.)+[a-z]{2,6}/",
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    r"(?:\r\n|\n)+x",
    r"(?:\d+[A-Z])+\d+!",
    r"(a)\1b",
    r"(?<=key=)\w+;",
    r"(?:ab|ac|ad)*e",
    r"\bconfidential\b.{0,40}\bacme\b",
    r"^(?:\+49|0)[1-9]\d{1,14}$",
    r"(?:a{0,3}b)+c",
    r"(?:\s|,)+x",
    r"\w+\b\w+",
    r".*\s*",
    r"",
]

DOUBLING = [
    (r"(a+)+$", "a", 40, "!"),
    (r"(a*)*$", "a", 40, "!"),
    (r"(a|aa)+$", "a", 60, "!"),
    (r"(?:a|a?)+$", "a", 40, "!"),
    (r"(\w+\s?)*$", "a", 40, "!"),
    (r"(?:\w+\s*)+:", "a", 40, "!"),
    (r"^([a-zA-Z0-9])(([\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+$", "a", 40, "!"),
    (r"(?:x(?:a*)?y)*z", "xy", 40, "!"),
    (r"(x(?:a?|b?)y)*z", "xy", 40, "!"),
    (r"(?=(a+)+$)", "a", 40, "!"),
    (r"^(?:(?:a|b)+c?)*$", "a", 40, "!"),
    (r"(?:[a-z]+[0-9]*)+!", "a", 40, "?"),
    (r"^(?:.*a){12}$", "a", 60, "!"),
    (r'^"(?:[^"]+|\\.)*"', '"' + "a" * 40, 1, ""),
    (r"'(?:[^'\\]+|\\.)*'", "'" + "a" * 40, 1, ""),
    (r"(?:\r\n|\n|\r)+x", "\r\n", 40, "!"),
    (r"<(?:[^>]+\s*)*>", "<" + "a" * 40, 1, ""),
    (r"(?:\d+,?)+;", "1", 40, "!"),
    (r"(?:a{1,30})+b", "a", 40, "c"),
    (r"(?:[ab]{2}|[bc]a?b)*d", "b", 80, "e"),
    (r"(?:a+|b+|ab)+c", "ab", 40, "d"),
    (r"(?:\w|\d\d)+!", "1", 60, "?"),
    (r"(?i)(?:ignore|\w+)(?:\s*\w+)*!", "a", 40, "?"),
    (r"^(?:(?:[^:]+):?)+;$", "a", 40, ""),
    (r"(?:\s*\S+\s*)+:", "a", 40, ""),
    (r"^(\w+)*\d$", "a", 40, ""),
    (r"(?:(?:ab)*)*c", "ab", 40, "d"),
]

SQUARE = [
    (r"\d+\d+x", "1", 30_000, "!"),
    (r"\s*\s*x", " ", 30_000, "!"),
    (r".*.*=", "a", 30_000, ""),
    (r"\w+\s*\w+@", "a", 30_000, "!"),
    (r"foo.*\s*bar", "foo" + " " * 30_000, 1, ""),
    (r"[a-z]+\w+\d+!", "a", 30_000, "?"),
    (r"a*b?a*c", "a", 30_000, "d"),
    (r"(a+){1,4}b", "a", 3_000, "c"),
    (r".*[^:]*:", "a", 30_000, "\n"),
    (r"^x\s+.*\s+$", "x" + " " * 30_000, 1, "x"),
    (r"a{2,}a{0,900}b", "a", 30_000, "c"),
]

PUMPS = ["a", "1", " ", "A", "_", "ab", "a ", "a.", "1,", "a-", "\\a", "<", "*", "aA", "ha", "\r\n"]
OPENINGS = ["", '"', "/*", "<script ", "begin", "acme ", "http://"]

RUN = """
import json, re, signal, sys

def stop(*_):
    raise TimeoutError

signal.signal(signal.SIGALRM, stop)
for text, message, seconds in json.load(sys.stdin):
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        re.search(text, message)
        print("ended")
    except TimeoutError:
        print("stopped")
    signal.setitimer(signal.ITIMER_REAL, 0)
"""


def run(searches):
    """What became of each search: whether it ended within its seconds."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", RUN],
        input=json.dumps(searches),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    return done.stdout.split()


@pytest.fixture(scope="module")
def stopped():
    """The expressions of the tables that Python's matcher did not finish with in 0.1 s."""
    table = [*DOUBLING, *SQUARE]
    searches = [(text, pump * times + end, 0.1) for text, pump, times, end in table]
    return {row[0] for row, became in zip(table, run(searches), strict=True) if became == "stopped"}


def growth(text):
    found = backtracking(expression(text))
    return found.growth if found else None


@pytest.mark.parametrize("text", SAFE)
def test_an_expression_that_takes_each_text_in_one_way_is_safe(text):
    assert growth(text) is None


def test_safe_expressions_end_on_messages_that_are_bad_for_others():
    searches = [
        (text, opening + pump * 200 + "!", 10)
        for text in SAFE
        for opening in OPENINGS
        for pump in PUMPS
    ]

    assert set(run(searches)) == {"ended"}


@pytest.mark.parametrize("text", [row[0] for row in DOUBLING])
def test_ways_that_double_are_found_and_really_take_long(text, stopped):
    assert growth(text) is Growth.EXPONENTIAL
    assert text in stopped


@pytest.mark.parametrize("text", [row[0] for row in SQUARE])
def test_repetitions_that_share_a_text_are_found_and_really_take_long(text, stopped):
    assert growth(text) is Growth.POLYNOMIAL
    assert text in stopped


@pytest.mark.parametrize(
    ("text", "sample"),
    [(r"(a+)+$", "a"), (r"(\w+\s?)*$", "a"), (r"\d+\d+x", "0"), (r"\s*\s*x", " "), ("(ä+)+x", "ä")],
)
def test_the_sample_is_a_character_that_people_recognise(text, sample):
    found = backtracking(expression(text))

    assert found is not None
    assert found.sample == sample


@pytest.mark.parametrize(
    "text",
    [
        "(?:" + "a?b?c?d?" * 30 + ")*$",
        "(?:a?){20}" * 50,
        "(?:.?.?.?.?.?){20}" * 20,
        "(?:" + "[ab]?" * 90 + ")+$",
        "(?:" + "|".join("a" * size for size in range(1, 30)) + ")*$",
        "(?:" * 45 + "a" + "+)" * 45 + "$",
        "(?>" * 45 + "a+" + ")" * 45,
        "(?:(?=a)" * 45 + "a" + ")*" * 45,
    ],
)
def test_whatever_stands_in_a_policy_is_judged_within_a_second(text):
    started = time.process_time()

    backtracking(expression(text))

    assert time.process_time() - started < 1


def test_what_is_too_large_to_be_judged_does_not_count_as_safe():
    assert growth("(?:" + "a?b?c?d?" * 30 + ")*$") is Growth.UNKNOWN


@pytest.mark.parametrize("form", [*SECRETS, *PERSONAL], ids=lambda form: form.name)
def test_our_own_expressions_pass_the_judgement(form):
    assert growth(form.pattern.pattern) is None
