"""The sticky bucket: published vectors, and the laws of a share."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyctl.core.bucket import bucket, cut, takes_in

SALT = "policyctl/v1:guardrails"
shares = st.fractions(0, 1)


@pytest.mark.parametrize(
    ("key", "digits", "percent"),
    [
        ("", "ad1056a0", 67.60306),
        ("a", "af48c2c3", 68.47040),
        ("req-000001", "f1335ba1", 94.21899),
        ("user@example.com", "9b632a86", 60.69819),
        ("Zürich-é-☃-𝄞", "4aecc5c0", 29.26754),
        ("554755d19a3aa7484dddda7d7992cafb", "63d17e90", 38.99154),
    ],
)
def test_the_bucket_of_a_published_key(key, digits, percent):
    assert bucket(SALT, key) == digits
    assert round(int(digits, 16) / 2**32 * 100, 5) == percent


@pytest.mark.parametrize(
    ("percent", "text"),
    [
        ("0", ""),
        ("0.01", "00068db9"),
        ("1", "028f5c29"),
        ("5", "0ccccccd"),
        ("10", "1999999a"),
        ("25", "40000000"),
        ("33.3333", "55554fbe"),
        ("50", "80000000"),
        ("75", "c0000000"),
        ("99", "fd70a3d8"),
        ("99.99", "fff97248"),
        ("100", "g"),
    ],
)
def test_the_cut_of_a_published_percentage(percent, text):
    assert cut(Fraction(percent) / 100) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (Fraction(-1, 2), ""),
        (Fraction(1, 2**40), "00000001"),
        (Fraction(2**32 - 1, 2**32), "ffffffff"),
        (1 - Fraction(1, 2**40), "g"),
        (Fraction(2), "g"),
    ],
)
def test_a_share_next_to_nobody_or_everybody_is_rounded_up(share, text):
    assert cut(share) == text


@given(shares, st.integers(0, 2**32 - 1))
def test_text_compares_as_the_number_does(share, number):
    assert (format(number, "08x") < cut(share)) == (number < share * 2**32)


@given(shares, shares)
def test_a_larger_share_never_has_a_smaller_cut(one, other):
    low, high = sorted((one, other))

    assert cut(low) <= cut(high)


@given(st.text(), st.text(), shares, shares)
def test_a_larger_share_keeps_every_key(salt, key, one, other):
    low, high = sorted((one, other))

    assert takes_in(high, salt, key) or not takes_in(low, salt, key)


@given(st.text(), st.text())
def test_a_share_ends_just_before_the_bucket_that_it_counts_to(salt, key):
    number = int(bucket(salt, key), 16)

    assert not takes_in(Fraction(number, 2**32), salt, key)
    assert takes_in(Fraction(number + 1, 2**32), salt, key)


@given(st.text(), st.text())
def test_nothing_takes_in_nobody_and_everything_everybody(salt, key):
    assert not takes_in(Fraction(0), salt, key)
    assert takes_in(Fraction(1), salt, key)


def test_a_tenth_takes_in_a_tenth_and_another_salt_draws_another_tenth():
    keys = [f"user-{number}" for number in range(20_000)]
    tenth = Fraction(1, 10)
    first = {key for key in keys if takes_in(tenth, "policyctl/v1:one", key)}
    second = {key for key in keys if takes_in(tenth, "policyctl/v1:two", key)}

    # Four standard deviations of a fair draw either way.
    assert abs(len(first) - 2000) < 170
    assert abs(len(second) - 2000) < 170
    assert abs(len(first & second) - 200) < 57
