"""How engines that policyctl does not connect to spell what a script needs.

Every name is quoted, so that no word is reserved. Times are compared in UTC: what the session's
time zone would change is set before the first query, and checked by it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from policyctl.adapters.analytics.dialect import SPARK, Dialect
from policyctl.core.frozen import frozen, replace
from policyctl.errors import UsageError

_PART = re.compile(r'"([^"\x00-\x1f`]+)"|([A-Za-z_][A-Za-z0-9_$-]*)')
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]")


@frozen
class ScriptDialect:
    """One engine's SQL.

    Attributes:
        sql: the functions that every engine needs.
        quote: a name, exactly as it is.
        folded: a name as the engine keeps one that was created without quotes.
        text: the type of texts.
        naive: a literal of a time without a zone.
        rows: a query that gives literal rows under names.
        setup: what the session is told before the first query.
        whole_name: whether the parts of a table's name are quoted together.
    """

    sql: Dialect
    quote: Callable[[str], str]
    folded: Callable[[str], str]
    text: str
    naive: Callable[[str], str]
    rows: Callable[[Sequence[str], Sequence[Sequence[str]]], str]
    setup: tuple[str, ...] = ()
    whole_name: bool = False

    def column(self, name: str) -> str:
        """A column of the table of records, which was hardly created with quotes."""
        return self.quote(self.folded(name))

    def table(self, name: str) -> str:
        """The table of records; a part in double quotes is taken as it is.

        Raises:
            UsageError: the name is none.
        """
        parts: list[str] = []
        place = 0
        while found := _PART.match(name, place):
            exact, plain = found.groups()
            parts.append(exact or self.folded(plain))
            place = found.end()
            if name[place : place + 1] != ".":
                break
            place += 1
        if not parts or place != len(name) or name.endswith("."):
            raise UsageError(f"{name[:80]!a} is no table", hint="--table catalog.schema.records")
        if self.whole_name:
            return self.quote(".".join(parts))
        return ".".join(self.quote(part) for part in parts)


class Names:
    """Columns as a dialect quotes them: ``names.old`` stands for "old"."""

    def __init__(self, dialect: ScriptDialect) -> None:
        self._quote = dialect.quote

    def __getattr__(self, name: str) -> str:
        return self._quote(name)

    def listed(self, *names: str, of: str = "") -> str:
        """Several of them, separated by commas."""
        before = f"{of}." if of else ""
        return ", ".join(before + self._quote(name) for name in names)


def _same(name: str) -> str:
    return name


def _backticked(name: str) -> str:
    return f"`{name}`"


def _double_quoted(name: str) -> str:
    return f'"{name}"'


def _escaping(text: str) -> str:
    """A literal where a backslash escapes."""
    plain = text.replace("\\", "\\\\").replace("'", "\\'")
    return "'" + _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", plain) + "'"


def _spark_literal(text: str) -> str:
    # Spark replaces ${…} in a query's text before it looks where literals are.
    return _escaping(text).replace("${", "\\u0024{")


def _trino_literal(text: str) -> str:
    plain = text.replace("'", "''")
    if not _CONTROL.search(plain):
        return f"'{plain}'"
    escaped = plain.replace("\\", "\\\\")
    return "U&'" + _CONTROL.sub(lambda found: f"\\{ord(found[0]):04X}", escaped) + "'"


def _tuples(rows: Sequence[Sequence[str]]) -> str:
    return ",\n    ".join(f"({', '.join(row)})" for row in rows)


def _values(quote: Callable[[str], str]) -> Callable[[Sequence[str], Sequence[Sequence[str]]], str]:
    def rows_of(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
        columns = ", ".join(map(quote, names))
        return f"SELECT * FROM (VALUES\n    {_tuples(rows)}\n  ) AS t ({columns})"

    return rows_of


def _structs(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    named = (f"{value} AS `{name}`" for name, value in zip(names, rows[0], strict=True))
    first = f"STRUCT({', '.join(named)})"
    return f"SELECT * FROM UNNEST([\n    {first}{',' * (len(rows) > 1)} {_tuples(rows[1:])}\n  ])"


def _date(text: str) -> str:
    return f"DATE '{text}'"


_SPARK = ScriptDialect(
    sql=replace(SPARK, quoted=_spark_literal),
    quote=_backticked,
    folded=_same,
    text="STRING",
    naive=lambda text: f"CAST('{text}' AS TIMESTAMP_NTZ)",
    rows=_values(_backticked),
    setup=("SET TIME ZONE 'UTC'",),
)
_TRINO = ScriptDialect(
    sql=Dialect(
        name="trino",
        sha256=lambda text: f"lower(to_hex(sha256(to_utf8({text}))))",
        day=lambda time: f"CAST({time} AT TIME ZONE 'UTC' AS DATE)",
        # Seconds are a double there: apart, the whole ones and the rest are exact.
        micros=lambda time: (
            f"(CAST(to_unixtime(date_trunc('second', {time})) AS BIGINT) * 1000000"
            f" + CAST(round((to_unixtime({time}) - to_unixtime(date_trunc('second', {time})))"
            " * 1000000) AS BIGINT))"
        ),
        utc=lambda name, _: f"CAST({name} AS TIMESTAMP(6) WITH TIME ZONE)",
        date=_date,
        quoted=_trino_literal,
    ),
    quote=_double_quoted,
    folded=_same,
    text="VARCHAR",
    naive=lambda text: f"TIMESTAMP '{text}'",
    rows=_values(_double_quoted),
    setup=("SET TIME ZONE 'UTC'",),
)
_BIGQUERY = ScriptDialect(
    sql=Dialect(
        name="bigquery",
        sha256=lambda text: f"to_hex(sha256({text}))",
        day=lambda time: f"CAST({time} AS DATE)",
        micros=lambda time: f"unix_micros({time})",
        utc=lambda name, _: f"CAST({name} AS TIMESTAMP)",
        date=_date,
        quoted=_escaping,
    ),
    quote=_backticked,
    folded=_same,
    text="STRING",
    naive=lambda text: f"DATETIME '{text}'",
    rows=_structs,
    whole_name=True,
)
_SNOWFLAKE = ScriptDialect(
    sql=Dialect(
        name="snowflake",
        sha256=lambda text: f"sha2({text}, 256)",
        day=lambda time: f"CAST({time} AS DATE)",
        micros=lambda time: f"date_part(epoch_microsecond, {time})",
        utc=lambda name, _: (
            f"CAST(convert_timezone('UTC', CAST({name} AS TIMESTAMP_TZ)) AS TIMESTAMP_NTZ)"
        ),
        date=_date,
        quoted=_escaping,
    ),
    quote=_double_quoted,
    folded=str.upper,
    text="VARCHAR",
    naive=lambda text: f"CAST('{text}' AS TIMESTAMP_NTZ)",
    rows=_values(_double_quoted),
    setup=(
        "ALTER SESSION SET TIMEZONE = 'UTC'",
        "ALTER SESSION SET DATE_OUTPUT_FORMAT = 'YYYY-MM-DD'",
    ),
)
DIALECTS = {item.sql.name: item for item in (_SPARK, _TRINO, _BIGQUERY, _SNOWFLAKE)}
"""By what ``--emit-sql`` calls them."""
