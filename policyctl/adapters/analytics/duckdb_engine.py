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

from policyctl.adapters.analytics import details_sql, relations_sql, traffic_sql
from policyctl.adapters.analytics.dialect import DUCKDB
from policyctl.adapters.analytics.results import Row
from policyctl.adapters.analytics.rules_sql import NUMBERS, Value
from policyctl.adapters.analytics.spans import ROWS, Block, boundaries, conditions
from policyctl.adapters.records.duck import MEMORY, connect
from policyctl.adapters.records.parquet import ParquetFile, check_whole
from policyctl.adapters.records.prepared import PreparedFolder
from policyctl.adapters.records.unpacking import sha256_of
from policyctl.core.evidence import RecordSource
from policyctl.core.frozen import frozen
from policyctl.errors import InputError, PolicyctlError

Watch = Callable[[Callable[[], list[Row]], Callable[[], float]], list[Row]]
"""Runs some work, and may show how far it has come (0 to 100)."""


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
        details: list[str] = []
        named: list[str] = []
        if self._plain:
            for file in self._plain:
                check_whole(file.path, file.name)
            self._view("records", relations_sql.records(*self._columns(), DUCKDB))
            hits.append(relations_sql.plain_hits(DUCKDB))
            details.append(details_sql.plain_details())
            totals.append(traffic_sql.totals(DUCKDB))
            named.append("SELECT request_id FROM records")
        if self._prepared:
            source = _reading(self._parquet("hits"))
            hits.append(relations_sql.prepared_hits(source, self._types(source), DUCKDB))
            details.append(details_sql.prepared_details(source))
            named.append(f"SELECT request_id FROM {source}")
            source = _reading(self._parquet("totals"))
            totals.append(relations_sql.prepared_totals(source, self._types(source), DUCKDB))
        self._view("details", " UNION ALL ".join(details))
        self._view("named", " UNION ALL ".join(named))
        # Few of plain records are hits, and each question would look for them again.
        keep = self.define if self._plain else self._view
        keep("hits", " UNION ALL ".join(hits))
        self.define("totals", " UNION ALL ".join(totals))

    def rows(self, query: str) -> list[Row]:
        """What a query gives."""
        try:
            return self._watch(lambda: self._asked(query), self._connection.query_progress)
        except KeyboardInterrupt:
            self._connection.interrupt()
            raise

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
            wanted = f"app IN ({names})" if apps else ""
            found: Counter[tuple[date, str]] = Counter()
            for query in self._counting(wanted):
                for day, app, requests in self.rows(query):
                    found[day, app] += int(requests)
            self._requests[key] = found
        return self._requests[key]

    def _counting(self, wanted: str) -> list[str]:
        """The queries whose counts add up to the requests of some applications."""
        spans = self._spans() if self._plain else []
        queries = [_PLAIN_REQUESTS.format(where=_where(wanted, span)) for span in spans]
        if self._prepared:
            source, where = _reading(self._parquet("requests")), _where(wanted)
            queries.append(f"SELECT day, app, sum(requests) FROM {source}{where} GROUP BY day, app")
        return queries

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

    def _spans(self) -> list[str]:
        """What is true of the records of each span in which the plain files are counted."""
        names = [file.path.as_posix() for file in self._plain]
        blocks = self._asked(_BLOCKS, [names])
        if any(None in block for block in blocks):
            return conditions([])
        found = [Block(rows=rows, first=first, last=last) for rows, first, last in blocks]
        return conditions(boundaries(found, ROWS))

    def _columns(self) -> tuple[str, dict[str, str]]:
        """How the plain files are read, and the type of each of their columns."""
        source = _reading([file.path for file in self._plain])
        types = self._types(source)
        try:
            relations_sql.check_columns(types)
        except ValueError as error:
            raise InputError(f"{self._plain[0].name}: {error}") from error
        return source, types

    def _types(self, source: str) -> dict[str, str]:
        described = self._asked(f"DESCRIBE SELECT * FROM {source}")
        return {str(row[0]): str(row[1]) for row in described}

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
        except duckdb.InterruptException as error:
            raise KeyboardInterrupt from error
        except RuntimeError as error:
            if "interrupt" in str(error).lower():  # as some versions say the same
                raise KeyboardInterrupt from error
            raise
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


_BLOCKS = """
SELECT row_group_num_rows,
  CASE WHEN stats_null_count = 0 THEN CAST(TRY_CAST(stats_min_value AS TIMESTAMP) AS DATE) END,
  CASE WHEN stats_null_count = 0 THEN CAST(TRY_CAST(stats_max_value AS TIMESTAMP) AS DATE) END
FROM parquet_metadata(?) WHERE path_in_schema = 'ts'
"""


def _where(*conditions: str) -> str:
    given = " AND ".join(filter(None, conditions))
    return f" WHERE {given}" if given else ""


def _reading(paths: Sequence[Path]) -> str:
    names = ", ".join(DUCKDB.quoted(path.as_posix()) for path in paths)
    return f"read_parquet([{names}], union_by_name = true)"


def _type(column: str) -> str:
    if column.endswith("until"):
        return "DATE"
    return "INTEGER" if column.endswith(NUMBERS) else "VARCHAR"


def unwatched(work: Callable[[], Any], _: Callable[[], float]) -> Any:
    """Run some work and show nothing."""
    return work()
