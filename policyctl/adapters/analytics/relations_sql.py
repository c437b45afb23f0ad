"""The relations that every question reads, out of files as they were read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from policyctl.adapters.analytics.dialect import Dialect
from policyctl.core.levels import Level, Sensitivity
from policyctl.core.record_table import check_header

_OPTIONAL = (
    *("session_id", "key", "cohort", "detector_version", "label", "blocked", "fingerprint"),
    "score",
)
_NEEDED = ("ts", "request_id", "app", "direction", "detector", "level", "status")
_HITS = (
    "app, cohort, direction, detector, request_id, {session} AS session, key, level,"
    " {label} AS label, blocked, {cluster} AS cluster, {micros} AS micros, {day} AS day"
)


def check_columns(names: Iterable[str]) -> None:
    """Raise `ValueError` unless a table with these columns can hold records."""
    listed = list(names)
    missing = [name for name in _NEEDED if name not in listed]
    if missing:
        raise ValueError(f"the record has no '{missing[0]}'")
    check_header(listed)


def records(source: str, types: Mapping[str, str], dialect: Dialect) -> str:
    """Plain files with the columns that the queries need, as records have them.

    Args:
        source: the relation of the files as they are.
        types: the type of each of its columns.
        dialect: the engine's.
    """
    columns = {name: name if name in types else "NULL" for name in (*_NEEDED, *_OPTIONAL)}
    columns["ts"] = dialect.utc("ts", types["ts"])
    if types["level"].upper() in ("VARCHAR", "STRING"):
        labels = " ".join(f"WHEN '{level.label}' THEN {level.value}" for level in Level)
        columns["level"] = f"CASE level {labels} WHEN 'none' THEN NULL ELSE CAST(level AS INT) END"
    columns["cohort"] = f"coalesce({columns['cohort']}, '')"
    columns["detector_version"] = f"coalesce({columns['detector_version']}, '')"
    columns["label"] = f"nullif({columns['label']}, '')"
    given = [f"nullif({columns[name]}, '')" for name in ("key", "session_id")]
    columns["key"] = f"coalesce({', '.join(given)}, request_id)"
    columns["session"] = f"coalesce({given[1]}, {columns['key']})"
    del columns["session_id"]
    columns["cluster"] = _cluster(columns["fingerprint"], given[1])
    columns["fingerprint"] = f"coalesce({columns['fingerprint']}, '')"
    columns["score"] = f"CAST({columns['score']} AS DOUBLE)"
    columns["micros"] = dialect.micros(columns["ts"])
    selected = ", ".join(f"{text} AS {name}" for name, text in columns.items())
    return f"SELECT {selected} FROM {source}"


def plain_hits(dialect: Dialect) -> str:
    """The detections among plain ``records`` that some sensitivity acts on."""
    columns = _HITS.format(
        session="session", label="label", cluster="cluster", micros="micros", day=dialect.day("ts")
    )
    most = int(max(Sensitivity))
    return f"SELECT {columns} FROM records WHERE level <= {most} AND status = 'ok'"


def prepared_hits(source: str, types: Mapping[str, str], dialect: Dialect) -> str:
    """The hits of prepared folders."""
    columns = _HITS.format(
        session="coalesce(nullif(session_id, ''), key)",
        label="nullif(label, '')",
        cluster=_cluster("fingerprint", "nullif(session_id, '')"),
        micros=dialect.micros(dialect.utc("ts", types["ts"])),
        day=dialect.day("ts"),
    )
    return f"SELECT {columns} FROM {source}"


def prepared_totals(source: str, types: Mapping[str, str], dialect: Dialect) -> str:
    """The totals of prepared folders."""
    first, last = (dialect.micros(dialect.utc(name, types[name])) for name in ("first", "last"))
    return (
        "SELECT day, app, cohort, direction, detector, detector_version, level, status, records,"
        f" {first} AS first_us, {last} AS last_us FROM {source}"
    )


def _cluster(fingerprint: str, session: str) -> str:
    """What `core.review_sample` takes for one independent case."""
    return (
        f"coalesce('fingerprint:' || nullif({fingerprint}, ''), 'session:' || {session},"
        " 'request:' || request_id)"
    )
