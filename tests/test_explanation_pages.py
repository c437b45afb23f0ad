"""The pages that explain: their numbers are those of the code, and their links lead somewhere."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest

import policyctl
from policyctl.core.criterion import at_least, at_most
from policyctl.core.equivalence import rate_ratio
from policyctl.core.margin import compared
from policyctl.core.statistics import (
    anytime_upper,
    clopper_pearson_lower,
    clopper_pearson_upper,
    reviews_needed_anytime,
    reviews_needed_fixed,
)

DOCS = Path(policyctl.__file__).parent.parent / "docs"
STATISTICS = DOCS / "explanation" / "gate-statistics.md"

if not STATISTICS.exists():
    pytest.skip("no docs beside the package: run this in a checkout", allow_module_level=True)

TEXT = STATISTICS.read_text(encoding="utf-8")
PROSE = " ".join(TEXT.split())


def rows(first: str) -> list[list[str]]:
    """The cells of each row of the table whose first column has this name."""
    (header,) = re.findall(rf"^\| {first} \|.*\n\|[-:| ]+\|\n", TEXT, re.MULTILINE)
    block = TEXT[TEXT.index(header) + len(header) :].split("\n\n")[0]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in block.splitlines()]


def percent(share: float, digits: int = 2) -> str:
    return f"{100 * share:.{digits}f} %"


def test_the_bounds_follow_from_the_counts():
    table = rows("false")

    assert len(table) == 6
    for false, reviewed, *cells in table:
        x, n = int(false), int(reviewed)
        bounds = clopper_pearson_upper(x, n, 0.05), anytime_upper(x, n, 0.05)
        assert cells == [percent(x / n), *(at_most(it).replace("%", " %") for it in bounds)]
    least = at_least(clopper_pearson_lower(92, 177, 0.05)).replace("%", " %")
    assert f"92 false of 177 are at least {least}" in PROSE


def passing(theta: float, most: int, needed: list[int]) -> float:
    """How probable it is to pass at one of the looks after each review.

    Args:
        theta: the true share of false ones.
        most: the last review.
        needed: the least number of reviews that passes, by the number of false ones.
    """
    going, passed = {0: 1.0}, 0.0
    for n in range(1, most + 1):
        reached: dict[int, float] = {}
        for x, probability in going.items():
            reached[x] = reached.get(x, 0.0) + probability * (1 - theta)
            reached[x + 1] = reached.get(x + 1, 0.0) + probability * theta
        going = {x: p for x, p in reached.items() if x >= len(needed) or n < needed[x]}
        passed += sum(reached.values()) - sum(going.values())
        going = {x: p for x, p in going.items() if p > 1e-12}
    return passed


def test_what_looking_often_does_to_each_bound_is_exact():
    table = dict(rows("bound"))

    for name, needed in (
        ("exact, for one look", reviews_needed_fixed),
        ("however often one looks", reviews_needed_anytime),
    ):
        least = [needed(x, 0.05, 0.05) for x in range(60)]
        assert table[name] == percent(passing(0.05, 1000, least), 1)


def test_the_reviews_that_are_needed_are_those_that_evidence_asks_for():
    table = rows("tolerated")

    assert len(table) == 5
    for tolerated, confidence, false, once, often in table:
        theta, x = float(tolerated.split()[0]) / 100, int(false)
        alpha = 1 - float(confidence.split()[0]) / 100
        assert int(once) == reviews_needed_fixed(x, theta, alpha)
        assert int(often) == reviews_needed_anytime(x, theta, alpha)


def test_the_page_takes_its_numbers_of_baselines_from_them():
    text = (DOCS.parent / "baselines" / "internal-facing@1.yaml").read_text(encoding="utf-8")

    assert "131 reviews for 5 %, 220 for 3 %" in PROSE
    assert re.findall(r"reviewed: (\d+)\n +false_positives: (\d)%", text) == [
        ("131", "5"),
        ("220", "3"),
    ]


def test_one_of_twenty_passes_by_luck_as_often_as_the_page_says():
    assert f"in {100 * (1 - 0.95**20):.0f} of 100 cases" in PROSE


def test_the_ratios_and_their_outcomes_are_those_of_the_gate():
    table = rows("weeks before")

    assert len(table) == 3
    for before, after, value, interval, outcome in table:
        one, other = (tuple(map(int, text.split(" of "))) for text in (before, after))
        ratio = rate_ratio(one, other)
        told, _ = compared(ratio, Fraction(1, 4), "detections")
        assert value == f"{ratio.value:.2f}"
        assert interval == f"{ratio.lower:.2f} to {ratio.upper:.2f}"
        assert outcome == told.value.replace("_", " ")
