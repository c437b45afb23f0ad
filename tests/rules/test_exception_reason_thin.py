"""Corner cases of exception-reason-thin."""

from __future__ import annotations

import pytest

from policyctl.rules.exception_reason_thin import RULE
from policyctl.rules.rule import Problem


def exception(reason):
    return (
        "exceptions:\n  - id: EX-1\n    guardrail: pii\n    when: {app: shop}\n"
        f'    reason: "{reason}"\n    owner: support\n    expires: "2027-02-01"\n'
    )


def test_a_thin_reason_is_found_at_its_place(compact, subject_of):
    assert list(RULE.check(subject_of(compact + exception("tbd")))) == [
        Problem(
            message="exception 'EX-1' gives a reason that says little",
            at=("exceptions", 0, "reason"),
            hint="say what is stopped wrongly, for whom, and why that is harmless",
        )
    ]


@pytest.mark.parametrize(
    "reason",
    [
        "fourteen chars",
        "              x               ",
        "TODO: to be decided later!",
        "Temporary workaround",
        "false positives, see ticket",
        "business requirement",
        "................",
        "緊急対応のため",
    ],
)
def test_short_texts_and_stock_phrases_say_little(compact, subject_of, reason):
    assert len(list(RULE.check(subject_of(compact + exception(reason))))) == 1


@pytest.mark.parametrize(
    "reason",
    [
        "fifteen letters",
        "temporary, until the new address parser is live",
        "顧客自身の住所を確認文で繰り返す",
    ],
)
def test_a_reason_with_a_word_of_its_own_is_accepted(compact, subject_of, reason):
    assert list(RULE.check(subject_of(compact + exception(reason)))) == []
