"""The sticky bucket: which keys a share of the traffic takes in.

The function is the same in Python, SQL and anything that has SHA-256: the first eight hex digits
of the digest are compared as *text* with a cut, so no engine has to turn hex into a number.
"""

from __future__ import annotations

import hashlib
from fractions import Fraction

_DIGITS = 8
_BUCKETS = 16**_DIGITS


def bucket(salt: str, key: str) -> str:
    """The bucket of ``key``: the first eight lower-case hex digits of sha256("salt:key")."""
    return hashlib.sha256(f"{salt}:{key}".encode()).hexdigest()[:_DIGITS]


def cut(share: Fraction) -> str:
    """The text below which exactly ``share`` (0 to 1) of all buckets sort.

    The empty text sorts below every bucket and ``g`` above every one, so 0 takes in nobody and 1
    everybody; a larger share never loses a key.
    """
    if share <= 0:
        return ""
    scaled = share * _BUCKETS
    first_outside = -(-scaled.numerator // scaled.denominator)
    return "g" if first_outside >= _BUCKETS else format(first_outside, "08x")


def takes_in(share: Fraction, salt: str, key: str) -> bool:
    """True if ``key`` belongs to the share."""
    return bucket(salt, key) < cut(share)
