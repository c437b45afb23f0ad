"""The gate's mathematics, against values from two independent statistics libraries."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from policyctl.core.statistics import (
    anytime_upper,
    binomial_cdf,
    clopper_pearson_lower,
    clopper_pearson_upper,
    hypergeometric_upper,
    log_e_value,
    reviews_needed_anytime,
    reviews_needed_fixed,
)

UPPER = [
    (0, 59, 0.05, 0.0495076098882),
    (0, 58, 0.05, 0.0503393383304),
    (0, 100, 0.05, 0.029513049607),
    (0, 299, 0.05, 0.0099691467929),
    (1, 93, 0.05, 0.049993978388),
    (3, 200, 0.05, 0.0383097084986),
    (5, 300, 0.05, 0.0347222443013),
    (10, 400, 0.05, 0.0420365450143),
    (2, 50, 0.05, 0.120614155422),
    (12, 1000, 0.01, 0.0226974678726),
    (0, 10, 0.05, 0.258865550893),
    (50, 1000, 0.05, 0.0628634035124),
    (250, 10000, 0.001, 0.0302017272862),
    (7, 7, 0.05, 1.0),
]
LOWER = [(14, 0.0573107555), (22, 0.1014272847), (37, 0.1896128510)]
TAIL = [
    (0, 59, 0.05, 0.0484945252494),
    (2, 200, 0.05, 0.00233629419006),
    (4, 150, 0.05, 0.125592386157),
]
LOG_E = [
    (0, 59, 0.05, 2.34023165164),
    (0, 100, 0.05, 4.19274532266),
    (0, 90, 0.05, 3.73134952036),
    (2, 200, 0.05, 3.99102756542),
    (3, 300, 0.05, 6.26982864807),
    (10, 400, 0.05, 1.90752143233),
    (1, 500, 0.01, 1.76775668334),
]
ANYTIME = [
    (0, 100, 0.0371538740),
    (3, 200, 0.0530911683),
    (3, 300, 0.0356262155),
    (10, 1000, 0.0222539465),
]
FIXED_PLANS = {
    (0.001, 0.05): (2995, 4742, 6294, 7752, 9151, 10511, 11840),
    (0.005, 0.05): (598, 947, 1258, 1549, 1829, 2100, 2366),
    (0.01, 0.05): (299, 473, 628, 773, 913, 1049, 1182),
    (0.02, 0.05): (149, 236, 313, 386, 456, 523, 590),
    (0.05, 0.05): (59, 93, 124, 153, 181, 208, 234),
    (0.10, 0.05): (29, 46, 61, 76, 89, 103, 116),
    (0.05, 0.01): (90, 130, 165, 198, 229),
}
ANYTIME_PLANS = {
    (0.05, 0.05): (74, 131, 174, 213, 249, 284, 317),
    (0.01, 0.05): (377, 663, 883, 1079),
}

ALPHA = st.sampled_from([0.2, 0.05, 0.01, 0.001])
THETA = st.floats(0.001, 0.5)


@st.composite
def counts(draw, at_most=5000):
    n = draw(st.integers(1, at_most))
    return draw(st.integers(0, n)), n


@pytest.mark.parametrize(("x", "n", "alpha", "expected"), UPPER)
def test_the_exact_upper_bound_is_the_published_one(x, n, alpha, expected):
    assert clopper_pearson_upper(x, n, alpha) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(("x", "expected"), LOWER)
def test_the_exact_lower_bound_is_the_published_one(x, expected):
    assert clopper_pearson_lower(x, 150, 0.05) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(("x", "n", "p", "expected"), TAIL)
def test_the_tail_probability_is_the_published_one(x, n, p, expected):
    assert binomial_cdf(x, n, p) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(("x", "n", "theta", "expected"), LOG_E)
def test_the_e_value_is_the_published_one(x, n, theta, expected):
    assert log_e_value(x, n, theta) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(("x", "n", "expected"), ANYTIME)
def test_the_anytime_bound_is_the_published_one(x, n, expected):
    assert anytime_upper(x, n, 0.05) == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize(
    ("x", "n", "m", "expected"),
    [(0, 59, 500, 23), (3, 200, 1000, 35), (5, 300, 2000, 66), (2, 50, 60, 4), (0, 100, 100, 0)],
)
def test_the_bound_for_a_closed_window_is_the_published_one(x, n, m, expected):
    assert hypergeometric_upper(x, n, m, 0.05) == expected


@pytest.mark.parametrize(("case", "expected"), FIXED_PLANS.items())
def test_a_fixed_plan_needs_the_published_number_of_reviews(case, expected):
    found = tuple(reviews_needed_fixed(x, *case) for x in range(len(expected)))

    assert found == expected


@pytest.mark.parametrize(("case", "expected"), ANYTIME_PLANS.items())
def test_an_anytime_plan_needs_the_published_number_of_reviews(case, expected):
    found = tuple(reviews_needed_anytime(x, *case) for x in range(len(expected)))

    assert found == expected


@pytest.mark.parametrize(("x", "n", "more"), [(4, 100, 81), (2, 40, 84)])
def test_the_planner_tells_how_many_more_reviews_are_missing(x, n, more):
    assert reviews_needed_fixed(x, 0.05, 0.05) - n == more


def test_without_a_case_nothing_is_known():
    assert clopper_pearson_upper(0, 0, 0.05) == 1.0
    assert clopper_pearson_lower(0, 0, 0.05) == 0.0
    assert anytime_upper(0, 0, 0.05) == 1.0
    assert log_e_value(0, 0, 0.05) == pytest.approx(0.0, abs=1e-12)
    assert binomial_cdf(0, 0, 0.05) == 1.0


def test_only_cases_that_count_give_no_upper_bound_and_no_evidence():
    assert clopper_pearson_upper(40, 40, 0.05) == 1.0
    assert anytime_upper(40, 40, 0.05) == 1.0
    assert log_e_value(40, 40, 0.05) < 0
    assert clopper_pearson_lower(40, 40, 0.05) == pytest.approx(0.05 ** (1 / 40))


def test_a_tolerated_share_of_everything_is_shown_by_one_good_case():
    assert log_e_value(3, 4, 1.0) == math.inf
    assert log_e_value(3, 3, 1.0) < 0
    assert reviews_needed_fixed(3, 1.0, 0.05) == 4
    assert reviews_needed_anytime(3, 1.0, 0.05) == 4


@pytest.mark.parametrize("x", [0, 1, 20, 20_000, 500_000, 999_999])
def test_a_million_cases_are_no_problem(x):
    n = 1_000_000
    upper = clopper_pearson_upper(x, n, 0.05)

    assert binomial_cdf(x, n, upper) == pytest.approx(0.05, rel=1e-6)
    assert clopper_pearson_lower(x, n, 0.05) <= x / n < upper <= anytime_upper(x, n, 0.05) <= 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: clopper_pearson_upper(2, 1, 0.05), "2 of 1 cases is not possible"),
        (lambda: clopper_pearson_upper(-1, 1, 0.05), "-1 of 1 cases is not possible"),
        (
            lambda: clopper_pearson_upper(0, 1, 0.0),
            "the error probability 0.0 is not between 0 and 1",
        ),
        (
            lambda: reviews_needed_fixed(0, 0.0, 0.05),
            "no number of cases can show a share below 0.0",
        ),
        (lambda: log_e_value(0, 9, 0.0), "no number of cases can show a share below 0.0"),
        (lambda: hypergeometric_upper(0, 9, 8, 0.05), "9 cases cannot be drawn from 8"),
    ],
)
def test_an_impossible_question_is_refused(call, message):
    with pytest.raises(ValueError) as raised:
        call()

    assert str(raised.value) == message


@given(counts(), ALPHA)
@settings(deadline=None)
def test_the_bound_rises_with_each_case_that_counts_and_falls_with_each_other(case, alpha):
    x, n = case
    assume(x < n)
    upper = clopper_pearson_upper(x, n, alpha)

    assert upper < clopper_pearson_upper(x + 1, n, alpha)
    assert clopper_pearson_upper(x, n + 1, alpha) < upper


@given(counts(), THETA, ALPHA)
@settings(deadline=None)
def test_what_the_e_value_shows_the_exact_bound_shows_too(case, theta, alpha):
    x, n = case
    assume(log_e_value(x, n, theta) >= -math.log(alpha))

    assert clopper_pearson_upper(x, n, alpha) <= theta


@given(counts(), ALPHA)
@settings(deadline=None)
def test_the_anytime_bound_is_where_the_e_value_starts_to_pass(case, alpha):
    x, n = case
    assume(x < n)
    upper = anytime_upper(x, n, alpha)

    assert clopper_pearson_upper(x, n, alpha) <= upper
    assert log_e_value(x, n, max(x / n, upper * 0.999) or upper) < -math.log(alpha)
    for theta in (upper + (1 - upper) * part for part in (1e-6, 0.1, 0.5, 0.9)):
        assert log_e_value(x, n, theta) >= -math.log(alpha)


@given(st.integers(0, 30), THETA, ALPHA)
@settings(deadline=None, max_examples=50)
def test_a_plan_is_just_enough(x, theta, alpha):
    fixed = reviews_needed_fixed(x, theta, alpha)
    anytime = reviews_needed_anytime(x, theta, alpha)

    assert clopper_pearson_upper(x, fixed, alpha) <= theta * (1 + 1e-9)
    assert theta < clopper_pearson_upper(x, fixed - 1, alpha) * (1 + 1e-9)
    assert log_e_value(x, anytime, theta) >= -math.log(alpha)
    assert log_e_value(x, anytime - 1, theta) < -math.log(alpha)
    assert fixed <= anytime


@given(st.data(), ALPHA)
@settings(deadline=None, max_examples=50)
def test_a_closed_window_holds_no_more_than_was_not_looked_at(data, alpha):
    m = data.draw(st.integers(1, 400))
    n = data.draw(st.integers(0, m))
    x = data.draw(st.integers(0, n))

    assert x <= hypergeometric_upper(x, n, m, alpha) <= x + m - n
