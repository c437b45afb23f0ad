"""What the bounds promise, played: how often they miss, and what looking every day does to them."""

from __future__ import annotations

import math
import random
from collections import defaultdict

import pytest

from policyctl.core.intervals import wilson
from policyctl.core.statistics import (
    anytime_upper,
    binomial_cdf,
    clopper_pearson_lower,
    clopper_pearson_upper,
    log_e_value,
)

ALPHA = 0.05
THETA = 0.05
DRAWS = 4000


def share_that(bound, p, n):
    """How often ``bound(x)`` says something about ``n`` draws at a true share of ``p``."""
    source = random.Random(f"{p}/{n}")
    cache = {}
    hits = 0
    for _ in range(DRAWS):
        x = sum(source.random() < p for _ in range(n))
        if x not in cache:
            cache[x] = bound(x)
        hits += cache[x]
    return hits / DRAWS


@pytest.mark.parametrize(("p", "n"), [(0.01, 59), (0.02, 200), (0.05, 300), (0.3, 40)])
def test_exact_bounds_cover_the_truth_as_often_as_they_say(p, n):
    slack = 3 * math.sqrt(ALPHA * (1 - ALPHA) / DRAWS)

    assert share_that(lambda x: clopper_pearson_upper(x, n, ALPHA) >= p, p, n) >= 0.95 - slack
    assert share_that(lambda x: clopper_pearson_lower(x, n, ALPHA) <= p, p, n) >= 0.95 - slack
    assert share_that(lambda x: anytime_upper(x, n, ALPHA) >= p, p, n) >= 0.95 - slack


def coverage(bound, n, p):
    """The exact coverage of an upper bound at one share."""
    chances = [math.comb(n, x) * p**x * (1 - p) ** (n - x) for x in range(n + 1) if bound(x) >= p]
    return sum(chances)


def test_the_interval_for_pictures_covers_less_which_is_why_no_gate_rests_on_it():
    n, shares = 59, [index / 1000 for index in range(2, 81)]

    exact = min(coverage(lambda x: clopper_pearson_upper(x, n, ALPHA), n, p) for p in shares)
    approximate = min(coverage(lambda x: wilson(x, n, ALPHA)[1], n, p) for p in shares)

    assert exact >= 0.95
    assert approximate == pytest.approx(0.930, abs=1e-3)


def passes(shows, p, *, looks, most=1000):
    """The exact probability of ever passing, and the mean number of reviews where it does.

    The distribution of the false positives among the reviews so far, where no look has passed.
    """
    alive = {0: 1.0}
    passed = reviews = 0.0
    bar = -1
    for n in range(1, most + 1):
        following = defaultdict(float)
        for x, chance in alive.items():
            following[x] += chance * (1 - p)
            following[x + 1] += chance * p
        alive = {x: chance for x, chance in following.items() if chance > 1e-15}
        if n in looks:
            while bar < n and shows(bar + 1, n):
                bar += 1
            for x in [x for x in alive if x <= bar]:
                chance = alive.pop(x)
                passed, reviews = passed + chance, reviews + n * chance
    return passed, reviews / passed


def fixed(x, n):
    return binomial_cdf(x, n, THETA) <= ALPHA


def anytime(x, n):
    return log_e_value(x, n, THETA) >= -math.log(ALPHA)


DAILY = range(20, 1001)


def test_looking_after_every_review_breaks_the_fixed_bound_and_not_the_anytime_one():
    broken, _ = passes(fixed, THETA, looks=DAILY)
    kept, _ = passes(anytime, THETA, looks=range(1, 1001))

    assert broken == pytest.approx(0.231, abs=1e-3)
    assert kept == pytest.approx(0.040, abs=1e-3)
    assert kept <= ALPHA < broken


def test_twenty_looks_break_the_fixed_bound_too():
    broken, _ = passes(fixed, THETA, looks=range(50, 1001, 50))

    assert broken == pytest.approx(0.154, abs=1e-3)


def test_one_look_at_a_planned_number_keeps_the_fixed_bound():
    kept, _ = passes(fixed, THETA, looks={234}, most=234)

    assert kept == pytest.approx(0.050, abs=1e-3)
    assert kept <= ALPHA


@pytest.mark.parametrize(("p", "power", "mean"), [(0.02, 0.994, 282), (0.01, 1.0, 137)])
def test_the_anytime_bound_costs_few_reviews_where_a_detector_is_good(p, power, mean):
    found, reviews = passes(anytime, p, looks=range(1, 1001))

    assert found == pytest.approx(power, abs=1e-3)
    assert reviews == pytest.approx(mean, abs=1)


def test_one_draw_per_cluster_keeps_the_bound_and_many_from_one_cluster_do_not():
    source = random.Random(2026)
    sizes = [max(1, round(400 / rank)) for rank in range(1, 401)]
    covered = {"events": 0, "clusters": 0}
    rounds, n = 300, 200
    for _ in range(rounds):
        wrong = [source.random() < 0.05 for _ in sizes]
        events = [index for index, size in enumerate(sizes) for _ in range(size)]
        truth = sum(size for size, bad in zip(sizes, wrong, strict=True) if bad) / len(events)
        drawn = [wrong[index] for index in source.sample(events, n)]
        single = [wrong[index] for index in source.sample(range(len(sizes)), n)]
        covered["events"] += clopper_pearson_upper(sum(drawn), n, ALPHA) >= truth
        covered["clusters"] += clopper_pearson_upper(sum(single), n, ALPHA) >= sum(wrong) / 400
    assert covered["clusters"] / rounds >= 0.93
    assert covered["events"] / rounds < covered["clusters"] / rounds
