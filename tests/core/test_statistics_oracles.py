"""The same numbers from SciPy and statsmodels, over random cases."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from policyctl.core.agreement import cohen_kappa
from policyctl.core.equivalence import dispersion
from policyctl.core.intervals import wilson
from policyctl.core.mix import chi_square, jensen_shannon
from policyctl.core.multiple_tests import benjamini_hochberg, holm
from policyctl.core.special_functions import chi_square_beyond, chi_square_tail
from policyctl.core.statistics import (
    binomial_cdf,
    clopper_pearson_lower,
    clopper_pearson_upper,
    hypergeometric_upper,
    log_e_value,
)

special = pytest.importorskip("scipy.special", reason="the extra 'test' brings SciPy")
scipy_stats = pytest.importorskip("scipy.stats", reason="the extra 'test' brings SciPy")
distance = pytest.importorskip("scipy.spatial.distance")
proportion = pytest.importorskip("statsmodels.stats.proportion")
multitest = pytest.importorskip("statsmodels.stats.multitest")
inter_rater = pytest.importorskip("statsmodels.stats.inter_rater")

ALPHA = st.sampled_from([0.2, 0.05, 0.01, 0.001])
CHECKED = settings(deadline=None, max_examples=60)


@st.composite
def counts(draw, at_most=20_000):
    n = draw(st.integers(1, at_most))
    return draw(st.integers(0, n)), n


@given(counts(), ALPHA)
@CHECKED
def test_exact_bounds_are_those_of_both_libraries(case, alpha):
    x, n = case
    upper, lower = clopper_pearson_upper(x, n, alpha), clopper_pearson_lower(x, n, alpha)
    theirs = proportion.proportion_confint(x, n, alpha=2 * alpha, method="beta")

    assert upper == pytest.approx(theirs[1] if x < n else 1.0, rel=1e-9)
    assert lower == pytest.approx(theirs[0] if x else 0.0, rel=1e-9, abs=1e-13)
    if x < n:
        assert upper == pytest.approx(scipy_stats.beta.ppf(1 - alpha, x + 1, n - x), rel=1e-9)


@given(counts(), ALPHA)
@CHECKED
def test_the_interval_for_pictures_is_that_of_statsmodels(case, alpha):
    theirs = proportion.proportion_confint(*case, alpha=2 * alpha, method="wilson")

    assert wilson(*case, alpha) == pytest.approx(theirs, rel=1e-9, abs=1e-13)


@given(counts(), st.floats(0.001, 0.5))
@CHECKED
def test_tail_probabilities_and_e_values_are_those_of_scipy(case, theta):
    x, n = case
    theirs = scipy_stats.binom.cdf(x, n, theta)
    assume(theirs > 1e-280)

    # SciPy's own tail has some 1e-11 at this size.
    assert binomial_cdf(x, n, theta) == pytest.approx(theirs, rel=1e-8)
    inside = special.betainc(x + 0.5, n - x + 0.5, theta)
    assume(inside > 1e-280)
    log_e = special.betaln(x + 0.5, n - x + 0.5) + math.log(inside)
    log_e -= special.betaln(0.5, 0.5) + math.log(special.betainc(0.5, 0.5, theta))
    log_e -= x * math.log(theta) + (n - x) * math.log1p(-theta)
    assert log_e_value(x, n, theta) == pytest.approx(log_e, rel=1e-9, abs=1e-8)


@given(st.data(), ALPHA)
@CHECKED
def test_the_bound_for_a_closed_window_is_the_largest_that_scipy_allows(data, alpha):
    m = data.draw(st.integers(1, 500))
    n = data.draw(st.integers(0, m))
    x = data.draw(st.integers(0, n))
    upper = hypergeometric_upper(x, n, m, alpha)

    assert scipy_stats.hypergeom.cdf(x, m, upper, n) > alpha * (1 - 1e-9)
    if upper < m - n + x:
        assert scipy_stats.hypergeom.cdf(x, m, upper + 1, n) <= alpha * (1 + 1e-9)


@given(st.floats(0.001, 800), st.integers(1, 400), st.floats(1e-9, 0.999))
@CHECKED
def test_chi_square_tails_are_those_of_scipy(value, freedom, probability):
    assert chi_square_tail(value, freedom) == pytest.approx(
        scipy_stats.chi2.sf(value, freedom), rel=1e-9, abs=1e-15
    )
    assert chi_square_beyond(probability, freedom) == pytest.approx(
        scipy_stats.chi2.isf(probability, freedom), rel=1e-9
    )


@given(st.lists(st.tuples(st.integers(1, 400), st.integers(1, 400)), min_size=2, max_size=28))
@CHECKED
def test_dispersion_and_mixes_are_those_of_scipy(pairs):
    days = [(y, y + rest) for y, rest in pairs]
    table = [[y for y, _ in pairs], [rest for _, rest in pairs]]
    theirs = scipy_stats.chi2_contingency(table, correction=False)
    found = dispersion(days)

    assert (found.chi_square, found.p_value) == pytest.approx(
        (theirs.statistic, theirs.pvalue), rel=1e-9, abs=1e-12
    )
    statistic, freedom, p_value = chi_square(*table)
    assert freedom == theirs.dof
    assert (statistic, p_value) == pytest.approx((theirs.statistic, theirs.pvalue), abs=1e-9)
    assert jensen_shannon(*table) == pytest.approx(
        distance.jensenshannon(*table, base=2), rel=1e-9, abs=1e-8
    )


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
@CHECKED
def test_adjusted_p_values_are_those_of_both_libraries(p_values):
    assert holm(p_values) == pytest.approx(multitest.multipletests(p_values, method="holm")[1])
    assert benjamini_hochberg(p_values) == pytest.approx(
        scipy_stats.false_discovery_control(p_values)
    )


@given(
    st.integers(2, 3).flatmap(
        lambda k: st.lists(
            st.lists(st.integers(0, 60), min_size=k, max_size=k), min_size=k, max_size=k
        )
    )
)
@CHECKED
def test_kappa_is_that_of_statsmodels(table):
    found = cohen_kappa(table)
    assume(found is not None)

    theirs = inter_rater.cohens_kappa(table, return_results=False)
    assert found == pytest.approx(theirs, rel=1e-9, abs=1e-12)
