"""What engines spell differently: the few functions that the queries need.

The bucket expression is written by hand for each dialect: a translated one may hash something else
without any error. `preflight` runs it on known vectors before anything is counted.
"""

from __future__ import annotations

from collections.abc import Callable

from policyctl.core.bucket import bucket
from policyctl.core.decision_table import NOBODY
from policyctl.core.frozen import frozen

_DIGITS = 8


@frozen
class Dialect:
    """How an engine writes what is not the same everywhere.

    Attributes:
        sha256: the lower-case hex digest of a text expression.
        day: the day (UTC) of a timestamp expression.
        micros: the microseconds since 1970 of a timestamp expression.
        utc: a timestamp in UTC of a column and its type.
        date: a literal of a day.
        quoted: a literal of text.
    """

    name: str
    sha256: Callable[[str], str]
    day: Callable[[str], str]
    micros: Callable[[str], str]
    utc: Callable[[str, str], str]
    date: Callable[[str], str]
    quoted: Callable[[str], str]

    def bucket(self, salt: str, key: str) -> str:
        """The sticky bucket of a key expression, as `core.bucket.bucket` computes it."""
        return f"substr({self.digest_of(salt, key)}, 1, {_DIGITS})"

    def digest_of(self, salt: str, *texts: str) -> str:
        """The hex digest of a salt and text expressions, joined by colons."""
        parts = [self.quoted(f"{salt}:")]
        for number, text in enumerate(texts):
            parts += [self.quoted(":")] if number else []
            parts.append(text)
        return self.sha256(f"concat({', '.join(parts)})")

    def date_or_null(self, text: str) -> str:
        """A literal of a day, or of none."""
        return self.date(text) if text else "CAST(NULL AS DATE)"


def _standard(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _escaped(text: str) -> str:
    """A literal where a backslash escapes, as in Spark."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _date(text: str) -> str:
    return f"DATE '{text}'"


DUCKDB = Dialect(
    name="duckdb",
    sha256=lambda text: f"sha256({text})",
    day=lambda time: f"CAST({time} AS DATE)",
    micros=lambda time: f"epoch_us({time})",
    utc=lambda name, kind: name if kind == "TIMESTAMP" else f"make_timestamp(epoch_us({name}))",
    date=_date,
    quoted=_standard,
)
SPARK = Dialect(
    name="spark",
    sha256=lambda text: f"sha2({text}, 256)",
    day=lambda time: f"CAST({time} AS DATE)",
    micros=lambda time: f"unix_micros({time})",
    # The session's time zone is UTC.
    utc=lambda name, _: f"CAST({name} AS TIMESTAMP)",
    date=_date,
    quoted=_escaped,
)
VECTORS_SALT = "policyctl/v1:guardrails"
VECTORS = (
    "",
    "a",
    "req-000001",
    "user@example.com",
    "Zürich-é-☃-𝄞",
    "554755d19a3aa7484dddda7d7992cafb",
)
"""Keys on which an engine has to agree with `core.bucket` before it is trusted."""


def preflight_query(dialect: Dialect) -> str:
    """A query that gives the place and the bucket of each vector."""
    rows = [
        f"SELECT {number} AS place, {dialect.bucket(VECTORS_SALT, dialect.quoted(key))} AS bucket"
        for number, key in enumerate(VECTORS)
    ]
    return " UNION ALL ".join(rows)


def disagreeing(rows: list[tuple[int, str]]) -> str:
    """The first vector whose bucket an engine computes differently; `NOBODY` if none does."""
    found = dict(rows)
    for number, key in enumerate(VECTORS):
        if found.get(number) != bucket(VECTORS_SALT, key):
            return f"{key!r}"
    return NOBODY
