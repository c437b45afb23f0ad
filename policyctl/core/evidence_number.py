"""The one spelling of a number in evidence."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

_MILLIONTH = Decimal("0.000001")


def decimal(value: float | Fraction, rounding: str = ROUND_HALF_EVEN) -> str:
    """Six decimals as text, because no two languages write the same float."""
    exact = Fraction(value)
    return str(
        (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(_MILLIONTH, rounding)
    )
