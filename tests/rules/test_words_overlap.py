"""Corner cases of words-overlap."""

from __future__ import annotations

import json
import time

import pytest

from policyctl.rules.rule import Problem
from policyctl.rules.words_overlap import RULE


def guardrail(*words):
    return f"guardrails: [{{detector: custom/names, words: {json.dumps(words)}}}]\n"


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (("Acme", "Acme"), "has 'Acme' twice", "remove one: case and blanks make no difference"),
        (
            ("Acme Inc", "ACME  inc"),
            "has 'ACME  inc' already, as 'Acme Inc'",
            "remove one: case and blanks make no difference",
        ),
        (
            ("straße", "STRASSE"),
            "has 'STRASSE' already, as 'straße'",
            "remove one: case and blanks make no difference",
        ),
        (("Acme", " "), "has a word that is blank", "remove it: it fits nothing, or everything"),
        (
            ("Acme", "the acme way"),
            "has 'the acme way', which holds 'Acme'",
            "remove 'the acme way': the shorter one fits wherever it does",
        ),
    ],
)
def test_each_kind_is_found_at_the_second_word(compact, subject_of, words, message, hint):
    assert list(RULE.check(subject_of(compact + guardrail(*words)))) == [
        Problem(
            message=f"guardrail 'custom/names' {message}",
            at=("guardrails", 0, "words", 1),
            hint=hint,
        )
    ]


def test_the_longer_of_two_is_found_wherever_it_stands(compact, subject_of):
    (problem,) = RULE.check(subject_of(compact + guardrail("the acme way", "Acme")))

    assert problem.at == ("guardrails", 0, "words", 0)


def test_letters_inside_a_word_are_no_overlap(compact, subject_of):
    assert list(RULE.check(subject_of(compact + guardrail("cat", "category", "a b", "b a")))) == []


def test_a_long_list_takes_no_longer_than_its_length(compact, subject_of):
    words = tuple(f"word{number} of a list{number}" for number in range(10_000))
    subject = subject_of(compact + guardrail(*words))
    started = time.process_time()

    assert list(RULE.check(subject)) == []
    assert time.process_time() - started < 2
