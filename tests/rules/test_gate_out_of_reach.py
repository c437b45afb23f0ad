"""Corner cases of gate-out-of-reach."""

from __future__ import annotations

import pytest

from policyctl.rules.gate_out_of_reach import RULE
from policyctl.rules.rule import Problem


def gate(values):
    return f"gates: {{enforce: {{{values}}}}}\n"


def test_no_number_of_reviews_shows_a_share_of_nothing(compact, subject_of):
    assert list(RULE.check(subject_of(compact + gate("false_positives: 0.0%")))) == [
        Problem(
            message="gates.enforce.false_positives is 0%, which no number of reviews can show",
            at=("gates", "enforce", "false_positives"),
            hint="tolerate a small share, such as 0.5%",
        )
    ]


def test_one_look_at_too_few_reviews_is_found_with_the_least_number(compact, subject_of):
    text = compact + gate("inference: fixed, reviewed: 100, false_positives: 1%, confidence: 95%")

    assert list(RULE.check(subject_of(text))) == [
        Problem(
            message="gates.enforce looks once, at 100 reviews, and even without a false positive"
            " 299 are needed to show 1% with 95% confidence",
            at=("gates", "enforce", "reviewed"),
            hint="write 'reviewed: 299' or more",
        )
    ]


@pytest.mark.parametrize(("reviewed", "count"), [(298, 1), (299, 0)])
def test_the_least_number_is_enough(compact, subject_of, reviewed, count):
    text = compact + gate(f"inference: fixed, reviewed: {reviewed}, false_positives: 1%")

    assert len(list(RULE.check(subject_of(text)))) == count


def test_the_defaults_of_a_gate_count_for_what_it_leaves_out(compact, subject_of):
    (problem,) = RULE.check(subject_of(compact + gate("inference: fixed")))

    assert problem.at == ("gates", "enforce", "inference")
    assert "at 100 reviews" in problem.message


def test_where_one_may_look_again_no_number_is_too_small(compact, subject_of):
    text = compact + gate("inference: anytime, reviewed: 1, false_positives: 1%")

    assert list(RULE.check(subject_of(text))) == []


def test_a_gate_that_comes_whole_from_elsewhere_is_not_the_files(compact, subject_of):
    house = (
        "id: house\nversion: 1\nsensitivity: L3\nguardrails: [{detector: pii}]\n"
        "gates: {enforce: {inference: fixed, reviewed: 1, false_positives: 1%}}\n"
    )

    assert list(RULE.check(subject_of(compact, house=house))) == []
    assert list(RULE.check(subject_of(compact + gate("window: 28d"), house=house))) == []


def test_without_an_effective_policy_nothing_is_found(compact, subject_of):
    text = compact.replace("house@1", "house@9") + gate("false_positives: 0%")

    assert list(RULE.check(subject_of(text))) == []
