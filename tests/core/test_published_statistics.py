"""Stability, mixes, several tests, agreement and planning, against published values."""

from __future__ import annotations

import math

import pytest

from policyctl.core.agreement import cohen_kappa
from policyctl.core.equivalence import dispersion, rate_ratio
from policyctl.core.intervals import weighted_upper, wilson
from policyctl.core.mix import chi_square, jensen_shannon, sampling_line, stability_index
from policyctl.core.multiple_tests import benjamini_hochberg, holm
from policyctl.core.planning import planned, planned_anytime
from policyctl.core.special_functions import chi_square_beyond, chi_square_tail
from policyctl.core.statistics import binomial_cdf

CALM = (
    [102, 95, 110, 99, 87, 104, 101, 98, 120, 93, 105, 97, 100, 89],
    [10000, 9800, 10400, 10050, 9900, 10100, 10000, 9950, 10200, 9900, 10300, 10000, 9990, 9700],
)
RESTLESS = (
    [1020, 950, 1400, 990, 570, 1040, 1010, 980, 1200, 730, 1050, 970, 1000, 890],
    [100000] * 14,
)
MIX = ([120, 300, 580, 900, 8100], [130, 340, 560, 1020, 7950])
P_VALUES = [0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205]


def close(value):
    return pytest.approx(value, rel=1e-9)


@pytest.mark.parametrize(
    ("x", "n", "expected"),
    [(0, 59, 0.0438460355852), (3, 200, 0.0369365179924), (10, 400, 0.0413800860605)],
)
def test_the_interval_for_pictures_is_the_published_one(x, n, expected):
    assert wilson(x, n, 0.05)[1] == close(expected)


def test_a_calm_fortnight_varies_less_than_chance():
    found = dispersion(list(zip(*CALM, strict=True)))

    assert (found.chi_square, found.freedom) == (close(6.4773831793), 13)
    assert found.p_value == close(0.927042542097)
    assert found.factor == pytest.approx(0.49826, abs=1e-5)
    assert found.rate == close(0.009979328534)
    assert found.variation == 0


def test_a_restless_fortnight_varies_by_a_fifth():
    found = dispersion(list(zip(*RESTLESS, strict=True)))

    assert (found.chi_square, found.p_value) == (close(487.237552772), close(7.50368830959e-96))
    assert (found.factor, found.rate) == (close(37.4798117517), close(0.009857142857142857))
    assert found.variation == close(0.191425459535)


@pytest.mark.parametrize(
    ("before", "after", "factor", "expected"),
    [
        ((700, 70000), (742, 70500), 1, (1.0524822695, 0.9651067254, 1.1477683229)),
        ((700, 70000), (742, 70500), 3, (1.0524822695, 0.9057771384, 1.2229486489)),
        ((7000, 700000), (9100, 700000), 1, (1.3, 1.2664457280, 1.3344432869)),
        ((7000, 700000), (9100, 700000), 37.4798117517, (1.3, 1.1076851982, 1.5257042369)),
    ],
)
def test_the_ratio_of_two_weeks_has_the_published_interval(before, after, factor, expected):
    found = rate_ratio(before, after, factor=factor)

    assert (found.value, found.lower, found.upper) == tuple(map(close, expected))


def test_a_mix_of_levels_moves_by_the_published_amounts():
    assert stability_index(*MIX) == close(0.00243064475393)
    assert sampling_line(*MIX, 0.05) == pytest.approx(0.001898, abs=1e-6)
    assert jensen_shannon(*MIX) == close(0.0209417785461)
    statistic, freedom, p_value = chi_square(*MIX)
    assert (statistic, freedom, p_value) == (close(12.15274635186), 4, close(0.016250824017))


def test_several_tests_are_adjusted_as_published():
    expected = (0.008, 0.056, 0.234, 0.234, 0.234, 0.234, 0.234, 0.234)
    assert holm(P_VALUES) == pytest.approx(expected, rel=1e-9)
    expected = (0.008, 0.032, 0.0672, 0.0672, 0.0672, 0.08, 0.592 / 7, 0.205)
    assert benjamini_hochberg(P_VALUES) == pytest.approx(expected, rel=1e-9)


def test_the_agreement_of_two_reviewers_is_the_published_one():
    assert cohen_kappa([[45, 5], [8, 42]]) == close(0.74)


def test_an_agreement_that_chance_explains_is_not_a_number():
    assert cohen_kappa([[0, 0], [0, 0]]) is None
    assert cohen_kappa([[9, 0], [0, 0]]) is None
    assert cohen_kappa([[5, 0], [0, 5]]) == 1


def test_the_bound_over_unequally_sampled_strata_is_the_published_one():
    estimate, upper = weighted_upper([(1, 100, 5000), (0, 80, 800), (4, 150, 20000)], 0.05)

    assert (estimate, upper) == (close(0.0226098191), close(0.0677961719))


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ((0.05, 0.02, 0.05, 0.8), (234, 6)),
        ((0.05, 0.01, 0.05, 0.8), (124, 2)),
        ((0.05, 0.025, 0.05, 0.9), (506, 17)),
        ((0.01, 0.002, 0.05, 0.8), (628, 2)),
        ((0.10, 0.05, 0.05, 0.8), (179, 11)),
        ((0.02, 0.005, 0.05, 0.9), (456, 4)),
    ],
)
def test_a_plan_has_the_published_size(case, expected):
    found = planned(*case)

    assert (found.reviews, found.false_positives) == expected


def test_a_plan_that_holds_however_often_one_looks_is_larger_and_as_powerful():
    fixed, anytime = planned(0.05, 0.02, 0.05, 0.8), planned_anytime(0.05, 0.02, 0.05, 0.8)

    assert anytime.reviews > fixed.reviews
    assert binomial_cdf(anytime.false_positives, anytime.reviews, 0.02) >= 0.8


def test_a_smallest_sample_passes_a_good_detector_half_the_time_only():
    assert binomial_cdf(0, 59, 0.01) == pytest.approx(0.5526, abs=1e-4)
    assert binomial_cdf(0, 59, 0.02) == pytest.approx(0.3036, abs=1e-4)


def test_a_day_without_cases_does_not_count_and_equal_days_do_not_vary():
    assert dispersion([(5, 10), (0, 0), (5, 10)]).freedom == 1
    assert dispersion([(0, 10), (0, 10)]).variation == 0
    assert dispersion([(10, 10), (7, 7)]).p_value == 1


def test_a_kind_that_never_occurs_does_not_count_as_a_kind():
    assert chi_square([5, 0, 5], [6, 0, 4])[1] == 1
    assert chi_square([5, 0], [6, 0]) == (0.0, 0, 1.0)
    assert stability_index([5, 0], [5, 0]) == 0
    assert jensen_shannon([5, 0], [0, 5]) == 1


def test_chance_alone_is_never_beyond_nothing():
    assert chi_square_tail(0.0, 3) == 1
    assert chi_square_beyond(0.05, 99) == pytest.approx(123.2252, abs=1e-4)
    assert wilson(0, 0, 0.05) == (0.0, 1.0)
    assert wilson(7, 7, 0.05)[1] == 1


@pytest.mark.parametrize(
    "call",
    [
        lambda: dispersion([(5, 10)]),
        lambda: rate_ratio((0, 10), (1, 10)),
        lambda: stability_index([1, 2], [1, 2, 3]),
        lambda: stability_index([1], [2]),
        lambda: jensen_shannon([0, 0], [1, 2]),
        lambda: sampling_line([0, 0], [1, 2], 0.05),
        lambda: chi_square([0, 0], [1, 2]),
        lambda: chi_square_tail(-1.0, 3),
        lambda: chi_square_beyond(1.0, 3),
        lambda: cohen_kappa([[1, 2]]),
        lambda: wilson(3, 2, 0.05),
        lambda: weighted_upper([], 0.05),
        lambda: planned(0.05, 0.05, 0.05, 0.8),
        lambda: planned(0.05, 0.01, 0.05, 1.0),
    ],
)
def test_an_impossible_question_is_refused(call):
    with pytest.raises(ValueError):
        call()


def test_the_extent_of_the_numbers_is_bounded():
    assert math.isfinite(rate_ratio((1, 10**12), (10**12, 10**12)).upper)
