"""Corner cases of purpose-thin."""

from __future__ import annotations

import pytest

from policyctl.rules.purpose_thin import RULE
from policyctl.rules.rule import Problem


def with_purpose(compact, purpose):
    return compact.replace("Answers questions about orders.", purpose)


@pytest.mark.parametrize("purpose", ["Customer support", "customer support.", "SUPPORT"])
def test_the_name_or_id_again_is_no_purpose(compact, subject_of, purpose):
    assert list(RULE.check(subject_of(with_purpose(compact, purpose)))) == [
        Problem(
            message="the purpose repeats the name",
            at=("purpose",),
            hint="say who uses the application, for what, and what it may do",
        )
    ]


@pytest.mark.parametrize("purpose", ["chat", "Answers questions", "To be defined by the team"])
def test_short_texts_and_stock_phrases_say_little(compact, subject_of, purpose):
    (problem,) = RULE.check(subject_of(with_purpose(compact, purpose)))

    assert problem.message == "the purpose says little"


@pytest.mark.parametrize("purpose", ["Answers order status", "注文と返品の質問に答える窓口"])
def test_a_sentence_is_enough(compact, subject_of, purpose):
    assert list(RULE.check(subject_of(with_purpose(compact, purpose)))) == []
