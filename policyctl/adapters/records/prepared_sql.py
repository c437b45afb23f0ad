"""The SQL by which records become a prepared folder. DuckDB's dialect."""

from __future__ import annotations

COLUMNS = {
    "line": "BIGINT", "ts": "TIMESTAMP", "request_id": "VARCHAR", "session_id": "VARCHAR",
    "key": "VARCHAR", "app": "VARCHAR", "cohort": "VARCHAR", "direction": "VARCHAR",
    "detector": "VARCHAR", "detector_version": "VARCHAR", "level": "TINYINT", "score": "DOUBLE",
    "status": "VARCHAR", "detected": "BOOLEAN", "would_block": "BOOLEAN", "blocked": "BOOLEAN",
    "label": "VARCHAR", "reviewer": "VARCHAR", "engine": "VARCHAR", "policy_digest": "VARCHAR",
    "fingerprint": "VARCHAR",
}  # fmt: skip
"""Of records as they are read, with the line that each came from."""

NEVER_NULL = ("cohort", "detector_version", "reviewer", "engine", "policy_digest", "fingerprint")
_SAME = "request_id, detector, direction"
_IS_HIT = "status = 'ok' AND level <= 4"

CREATE = f"CREATE TABLE records ({', '.join(f'{name} {kind}' for name, kind in COLUMNS.items())})"

TAKE = (
    "INSERT INTO records SELECT "  # noqa: S608
    + ", ".join(f"coalesce({name}, '')" if name in NEVER_NULL else name for name in COLUMNS)
    + " FROM read_csv(?, header = false, auto_detect = false, delim = ',', quote = '\"',"
    " escape = '\"', columns = {"
    + ", ".join(f"'{name}': '{kind}'" for name, kind in COLUMNS.items())
    + "})"
)
"""Takes rows from a file; empty cells are NULL, and texts that are never NULL empty again."""

REPEATED = f"""
    SELECT DISTINCT line FROM records JOIN (
        SELECT {_SAME}, min(line) AS earliest FROM records GROUP BY {_SAME} HAVING count(*) > 1
    ) AS again USING ({_SAME}) WHERE line > earliest ORDER BY line
"""  # noqa: S608
"""Lines that repeat a record of an earlier one."""

REPEATED_HITS = f"""
    SELECT DISTINCT line FROM records JOIN read_parquet(?) AS others USING ({_SAME})
    WHERE records.status = 'ok' AND records.level <= 4 ORDER BY line
"""  # noqa: S608
"""Lines that repeat a hit of another input."""

FORGET = "DELETE FROM records WHERE line IN (SELECT unnest(?))"

SUMMARY = "SELECT count(*), min(ts), max(ts) FROM records"

_WITHOUT_LINE = ", ".join(name for name in COLUMNS if name != "line")

PREPARED = {
    "hits": f"""
        SELECT {_WITHOUT_LINE} FROM records WHERE {_IS_HIT}
        ORDER BY ts, request_id, detector, direction
    """,  # noqa: S608
    "totals": """
        SELECT CAST(ts AS DATE) AS day, app, cohort, direction, detector, detector_version, level,
            status, count(*) AS records, min(ts) AS first, max(ts) AS last
        FROM records
        GROUP BY CAST(ts AS DATE), app, cohort, direction, detector, detector_version, level, status
        ORDER BY day, app, cohort, direction, detector, detector_version, level, status
    """,
    "requests": """
        SELECT day, app, cohort, count(*) AS requests FROM (
            SELECT DISTINCT CAST(ts AS DATE) AS day, app, cohort, request_id FROM records
        ) GROUP BY day, app, cohort ORDER BY day, app, cohort
    """,
}
"""What each kind of file holds."""


def copied(query: str) -> str:
    """The statement that writes a query's rows to a Parquet file."""
    return f"COPY ({query}) TO ? (FORMAT parquet, COMPRESSION zstd)"
