"""DuckDB over Parquet and prepared folders, within bounds of memory."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from policyctl.adapters.analytics import traffic_sql
from policyctl.adapters.analytics.dialect import DUCKDB
from policyctl.adapters.analytics.results import Row
from policyctl.adapters.analytics.rules_sql import Value
from policyctl.adapters.records.duck import MEMORY, connect
from policyctl.adapters.records.parquet import ParquetFile, check_whole
from policyctl.adapters.records.prepared import PreparedFolder
from policyctl.adapters.records.unpacking import sha256_of
from policyctl.core.evidence import RecordSource
from policyctl.core.frozen import frozen
from policyctl.core.levels import Level, Sensitivity
from policyctl.core.record_table import check_header
from policyctl.errors import InputError, PolicyctlError

Watch = Callable[[Callable[[], list[Row]], Callable[[], float]], list[Row]]
"""Runs some work, and may show how far it has come (0 to 100)."""

_OPTIONAL = (
    *("session_id", "key", "cohort", "detector_version", "label", "blocked", "fingerprint"),
)
_NEEDED = ("ts", "request_id", "app", "direction", "detector", "level", "status")
_HITS = (
    "app, cohort, direction, detector, request_id, session, key, level, label, blocked, cluster,"
    " micros, day"
)


@frozen
class Bounds:
    """What DuckDB may use.

    Attributes:
        memory: as in ``512MB``; what does not fit is spilt.
        threads: how many; None for one each processor.
        spill: the folder where a folder for that is made; None for the temporary ones.
    """

    memory: str = MEMORY
    threads: int | None = None
    spill: Path | None = None


class DuckDbEngine:
    """Satisfies `SqlEngine`."""

    name = "duckdb"
    dialect = DUCKDB
    identity = "hash(request_id, detector, direction)"

    def __init__(
        self,
        files: Sequence[ParquetFile | PreparedFolder],
        bounds: Bounds,
        watch: Watch,
    ) -> None:
        self._plain = [file for file in files if isinstance(file, ParquetFile)]
        self._prepared = [file for file in files if isinstance(file, PreparedFolder)]
        self._watch = watch
        spill = Path(tempfile.mkdtemp(prefix="policyctl-", dir=bounds.spill))
        weakref.finalize(self, shutil.rmtree, spill, ignore_errors=True)
        self._connection = connect(
            "counting Parquet",
            spill=spill,
            memory=bounds.memory,
            threads=bounds.threads,
        )
        self._connection.execute("SET preserve_insertion_order = false")
        self._requests: dict[tuple[str, ...], dict[tuple[date, str], int]] = {}

    def prepare(self) -> None:
        """Name the files as relations, and count the totals."""
        hits: list[str] = []
        totals: list[str] = []
        if self._plain:
            for file in self._plain:
                check_whole(file.path, file.name)
            self._view("records", _records(*self._columns()))
            hits.append(_plain_hits())
            totals.append(traffic_sql.totals(DUCKDB))
        if self._prepared:
            hits.append(_prepared_hits(self._parquet("hits")))
            totals.append(_prepared_totals(self._parquet("totals")))
        # Few of the records are hits, and each question reads them again.
        self.define("hits", " UNION ALL ".join(hits))
        self.define("totals", " UNION ALL ".join(totals))

    def rows(self, query: str) -> list[Row]:
        """What a query gives."""
        return self._watch(lambda: self._asked(query), self._connection.query_progress)

    def define(self, name: str, query: str) -> None:
        """Keep what a query gives as a table."""
        self.rows(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")

    def load(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[Value]]) -> None:
        """Keep rows as a table."""
        typed = ", ".join(f"{column} {_type(column)}" for column in columns)
        self._asked(f"CREATE OR REPLACE TEMP TABLE {name} ({typed})")
        if rows:
            lists = [list(column) for column in zip(*rows, strict=True)]
            unnested = ", ".join("unnest(?)" for _ in columns)
            self._asked(f"INSERT INTO {name} SELECT {unnested}", lists)

    def requests(self, apps: Sequence[str]) -> Mapping[tuple[date, str], int]:
        """Distinct requests by day and application, each counted once a cohort."""
        key = tuple(apps)
        if key not in self._requests:
            names = ", ".join(map(DUCKDB.quoted, apps))
            where = f" WHERE app IN ({names})" if apps else ""
            queries = [_PLAIN_REQUESTS.format(where=where)] if self._plain else []
            if self._prepared:
                source = _reading(self._parquet("requests"))
                queries.append(
                    f"SELECT day, app, sum(requests) FROM {source}{where} GROUP BY day, app"
                )
            found: Counter[tuple[date, str]] = Counter()
            for query in queries:
                for day, app, requests in self.rows(query):
                    found[day, app] += int(requests)
            self._requests[key] = found
        return self._requests[key]

    def sources(self) -> tuple[RecordSource, ...]:
        """What the records came from, with the sha256 of each file's bytes."""
        found = [source for folder in self._prepared for source in folder.sources()]
        for file in self._plain:
            query = "SELECT num_rows FROM parquet_file_metadata(?)"
            ((lines,),) = self._asked(query, [file.path.as_posix()])
            found.append(
                RecordSource(
                    name=file.name.rpartition("/")[2],
                    sha256=sha256_of(file.path, file.name),
                    lines=lines,
                )
            )
        return tuple(found)

    def _columns(self) -> tuple[str, dict[str, str]]:
        """How the plain files are read, and the type of each of their columns."""
        source = _reading([file.path for file in self._plain])
        described = self._asked(f"DESCRIBE SELECT * FROM {source}")
        types = {str(row[0]): str(row[1]) for row in described}
        missing = [name for name in _NEEDED if name not in types]
        if missing:
            raise InputError(f"{self._plain[0].name}: the record has no '{missing[0]}'")
        try:
            check_header(list(types))
        except ValueError as error:
            raise InputError(f"{self._plain[0].name}: {error}") from error
        return source, types

    def _parquet(self, kind: str) -> list[Path]:
        return [path for folder in self._prepared for path in folder.files(kind)]

    def _folders(self) -> list[str]:
        return [folder.name for folder in self._prepared]

    def _view(self, name: str, query: str) -> None:
        self._asked(f"CREATE OR REPLACE TEMP VIEW {name} AS {query}")

    def _asked(self, query: str, values: Sequence[object] = ()) -> list[Row]:
        import duckdb

        try:
            return self._connection.execute(query, list(values) or None).fetchall()
        except duckdb.OutOfMemoryException as error:
            raise PolicyctlError(
                "the records do not fit into the memory that DuckDB was given",
                hint="--engine 'duckdb?memory=1GB'",
            ) from error
        except duckdb.Error as error:
            names = ", ".join([item.name for item in self._plain] + self._folders())
            raise InputError(f"{names}: cannot be read as records in Parquet") from error


_PLAIN_REQUESTS = (
    "SELECT CAST(ts AS DATE) AS day, app, count(DISTINCT hash(request_id, cohort))"
    " FROM records{where} GROUP BY CAST(ts AS DATE), app"
)
"""Eight bytes a request: of ten million, two collide once in 370,000 counts."""


def _reading(paths: Sequence[Path]) -> str:
    names = ", ".join(DUCKDB.quoted(path.as_posix()) for path in paths)
    return f"read_parquet([{names}], union_by_name = true)"


def _records(source: str, types: dict[str, str]) -> str:
    """Plain files with the columns that the queries need, as records have them."""
    columns = {name: f'"{name}"' for name in _NEEDED}
    columns |= {name: f'"{name}"' if name in types else "NULL" for name in _OPTIONAL}
    columns["ts"] = "ts" if types["ts"] == "TIMESTAMP" else "make_timestamp(epoch_us(ts))"
    if not types["level"].endswith("INT") and "INTEGER" not in types["level"]:
        labels = " ".join(f"WHEN '{level.label}' THEN {level.value}" for level in Level)
        columns["level"] = f"CASE level {labels} WHEN 'none' THEN NULL ELSE CAST(level AS INT) END"
    columns["cohort"] = f"coalesce({columns['cohort']}, '')"
    columns["detector_version"] = f"coalesce({columns['detector_version']}, '')"
    columns["label"] = f"nullif({columns['label']}, '')"
    given = [f"nullif({columns[name]}, '')" for name in ("key", "session_id")]
    columns["key"] = f"coalesce({', '.join(given)}, request_id)"
    columns["session"] = f"coalesce({given[1]}, {columns['key']})"
    del columns["session_id"]
    columns["cluster"] = _cluster(columns.pop("fingerprint"), given[1])
    columns["micros"] = DUCKDB.micros(columns["ts"])
    selected = ", ".join(f"{text} AS {name}" for name, text in columns.items())
    return f"SELECT {selected} FROM {source}"


def _plain_hits() -> str:
    columns = _HITS.replace(", day", f", {DUCKDB.day('ts')} AS day")
    most = int(max(Sensitivity))
    return f"SELECT {columns} FROM records WHERE level <= {most} AND status = 'ok'"


def _prepared_hits(paths: Sequence[Path]) -> str:
    columns = _HITS.replace(", day", ", CAST(ts AS DATE) AS day").replace(
        " session,", " coalesce(nullif(session_id, ''), key) AS session,"
    )
    cluster = _cluster("fingerprint", "nullif(session_id, '')")
    columns = columns.replace(" cluster,", f" {cluster} AS cluster,")
    columns = columns.replace(" micros,", f" {DUCKDB.micros('ts')} AS micros,")
    columns = columns.replace(" label,", " nullif(label, '') AS label,")
    return f"SELECT {columns} FROM {_reading(paths)}"


def _cluster(fingerprint: str, session: str) -> str:
    """What `core.review_sample` takes for one independent case."""
    return (
        f"coalesce('fingerprint:' || nullif({fingerprint}, ''), 'session:' || {session},"
        " 'request:' || request_id)"
    )


def _prepared_totals(paths: Sequence[Path]) -> str:
    return (
        "SELECT day, app, cohort, direction, detector, detector_version, level, status, records,"
        f" epoch_us(first) AS first_us, epoch_us(last) AS last_us FROM {_reading(paths)}"
    )


def _type(column: str) -> str:
    if column.endswith("until"):
        return "DATE"
    return "TINYINT" if column.endswith("sensitivity") else "VARCHAR"


def unwatched(work: Callable[[], Any], _: Callable[[], float]) -> Any:
    """Run some work and show nothing."""
    return work()
