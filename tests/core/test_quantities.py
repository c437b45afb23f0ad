"""Durations and percentages, as people write them."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyctl.core.quantities import WHOLE, duration, millionths, share


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("1h", timedelta(hours=1)),
        ("36h", timedelta(hours=36)),
        ("14d", timedelta(days=14)),
        ("2w", timedelta(days=14)),
        ("99999w", timedelta(weeks=99999)),
    ],
)
def test_a_duration_is_a_number_of_hours_days_or_weeks(text, span):
    assert duration(text) == span


@pytest.mark.parametrize(
    "text",
    ["", "14", "d", "0d", "014d", "-1d", "1.5d", "1 d", " 1d", "1d ", "1d\n", "1D", "1m", "1y",
     "100000d", "1d2h", "P14D", "１４d"],  # noqa: RUF001 - wide digits
)  # fmt: skip
def test_anything_else_is_no_duration(text):
    with pytest.raises(ValueError) as caught:
        duration(text)

    assert str(caught.value) == f"'{text}' is not a duration such as 36h, 14d or 2w"


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("0%", Fraction(0)),
        ("2%", Fraction(1, 50)),
        ("2.5%", Fraction(1, 40)),
        ("0.0001%", Fraction(1, 1_000_000)),
        ("33.3333%", Fraction(333_333, 1_000_000)),
        ("99.9999%", Fraction(999_999, 1_000_000)),
        ("100%", Fraction(1)),
        ("100.0000%", Fraction(1)),
    ],
)
def test_a_share_is_an_exact_percentage(text, exact):
    assert share(text) == exact
    assert millionths(text) == exact * WHOLE


@pytest.mark.parametrize(
    "text",
    ["", "2", "%", "-1%", "+1%", "101%", "100.0001%", "999%", "1000%", "2.%", ".5%", "2,5%",
     "1.00001%", "1e1%", "2 %", " 2%", "2%\n", "inf%", "nan%", "1/2%", "２%"],  # noqa: RUF001 - a wide digit
)  # fmt: skip
def test_anything_else_is_no_share(text):
    with pytest.raises(ValueError) as caught:
        share(text)

    assert str(caught.value) == f"'{text}' is not a percentage from 0% to 100%"


@given(st.integers(0, 1_000_000))
def test_every_share_of_four_places_is_read_exactly(millionths):
    text = f"{millionths // 10_000}.{millionths % 10_000:04}%"

    assert share(text) == Fraction(millionths, 1_000_000)


@pytest.mark.parametrize("read", [duration, share])
@given(text=st.text())
def test_no_text_raises_anything_but_a_value_error(read, text):
    with contextlib.suppress(ValueError):
        assert read(text)
