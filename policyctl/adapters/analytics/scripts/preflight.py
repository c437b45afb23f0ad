"""What an engine has to compute as policyctl does before its counts are worth anything."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from policyctl.adapters.analytics.dialect import VECTORS, VECTORS_SALT
from policyctl.adapters.analytics.scripts.dialects import ScriptDialect
from policyctl.core.bucket import bucket
from policyctl.core.frozen import frozen

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CLOCK = ("2026-01-01 00:00:00", "2026-07-01 00:00:00")
"""Times without a zone that an engine has to take for UTC, in winter and in summer."""


@frozen
class Vector:
    """One thing to compute.

    Attributes:
        about: what is asked, for people.
        answer: the query's expression for it.
        expected: what policyctl computes.
    """

    about: str
    answer: str
    expected: str


def vectors(dialect: ScriptDialect) -> tuple[Vector, ...]:
    """The buckets of known keys, and the microseconds of known times."""
    sql = dialect.sql
    buckets = (
        Vector(
            about=f"the bucket of the key {key!a}",
            answer=sql.bucket(VECTORS_SALT, sql.quoted(key)),
            expected=bucket(VECTORS_SALT, key),
        )
        for key in VECTORS
    )
    times = (
        Vector(
            about=f"{text} in UTC",
            answer=f"CAST({sql.micros(sql.utc(dialect.naive(text), ''))} AS {dialect.text})",
            expected=str(_micros(text)),
        )
        for text in _CLOCK
    )
    return (*buckets, *times)


def _micros(text: str) -> int:
    return (datetime.fromisoformat(f"{text}+00:00") - _EPOCH) // timedelta(microseconds=1)
