"""Spark over the same files, by the same queries: local, on a cluster, or through Spark Connect."""

from __future__ import annotations

import socket
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from policyctl.adapters.analytics import details_sql, relations_sql, traffic_sql
from policyctl.adapters.analytics.dialect import SPARK
from policyctl.adapters.analytics.results import Row
from policyctl.adapters.analytics.rules_sql import Value, values
from policyctl.adapters.records.parquet import ParquetFile, check_whole
from policyctl.adapters.records.prepared import PreparedFolder
from policyctl.adapters.records.unpacking import sha256_of
from policyctl.core.evidence import RecordSource
from policyctl.errors import InputError, PolicyctlError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

EXTRA = "pip install 'policyctl[spark]'; classic Spark also needs Java 17"
_CONNECT = "sc://"
_CONNECT_PORT = 15002
_PATIENCE = 10  # seconds
_CONNECT_EXTRA = "pip install 'pyspark[connect]'"
_LOCAL = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.sql.shuffle.partitions": "2",
}


class SparkEngine:
    """Satisfies `SqlEngine`. The files have to lie where Spark's workers find them, too."""

    name = "spark"
    dialect = SPARK
    identity = "request_id, detector, direction"

    def __init__(self, files: Sequence[ParquetFile | PreparedFolder], url: str) -> None:
        self._plain = [file for file in files if isinstance(file, ParquetFile)]
        self._prepared = [file for file in files if isinstance(file, PreparedFolder)]
        self._url = url
        self._spark = session(url)

    def prepare(self) -> None:
        """Name the files as relations."""
        hits: list[str] = []
        totals: list[str] = []
        details: list[str] = []
        named: list[str] = []
        if self._plain:
            for file in self._plain:
                check_whole(file.path, file.name)
            types = self._read("plain_files", [file.path for file in self._plain])
            try:
                relations_sql.check_columns(types)
            except ValueError as error:
                raise InputError(f"{self._plain[0].name}: {error}") from error
            view = self._sql(relations_sql.records("plain_files", types, SPARK))
            view.createOrReplaceTempView("records")
            hits.append(relations_sql.plain_hits(SPARK))
            details.append(details_sql.plain_details())
            totals.append(traffic_sql.totals(SPARK))
            named.append("SELECT request_id FROM records")
        if self._prepared:
            kept = self._read("prepared_hits", self._parquet("hits"))
            types = self._read("prepared_totals", self._parquet("totals"))
            self._read("prepared_requests", self._parquet("requests"))
            hits.append(relations_sql.prepared_hits("prepared_hits", kept, SPARK))
            details.append(details_sql.prepared_details("prepared_hits"))
            named.append("SELECT request_id FROM prepared_hits")
            totals.append(relations_sql.prepared_totals("prepared_totals", types, SPARK))
        self._sql(" UNION ALL ".join(details)).createOrReplaceTempView("details")
        self._sql(" UNION ALL ".join(named)).createOrReplaceTempView("named")
        self.define("hits", " UNION ALL ".join(hits))
        self.define("totals", " UNION ALL ".join(totals))

    def rows(self, query: str) -> list[Row]:
        """What a query gives."""
        frame = self._sql(query)
        try:
            return [tuple(row) for row in frame.collect()]
        except _errors() as error:
            raise self._broken(error) from error

    def define(self, name: str, query: str) -> None:
        """Keep what a query gives, for as long as the session lasts."""
        self._sql(query).cache().createOrReplaceTempView(name)

    def load(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[Value]]) -> None:
        """Keep rows as a relation."""
        self._sql(values(columns, rows, SPARK)).createOrReplaceTempView(name)

    def requests(self, apps: Sequence[str]) -> Mapping[tuple[date, str], int]:
        """Distinct requests by day and application, each counted once a cohort."""
        where = f" WHERE app IN ({', '.join(map(SPARK.quoted, apps))})" if apps else ""
        queries: list[str] = []
        if self._plain:
            named = "CAST(ts AS DATE) AS day, app, cohort, request_id"
            distinct = f"SELECT DISTINCT {named} FROM records{where}"
            queries.append(f"SELECT day, app, count(*) FROM ({distinct}) r GROUP BY day, app")
        if self._prepared:
            source = f"prepared_requests{where}"
            queries.append(f"SELECT day, app, sum(requests) FROM {source} GROUP BY day, app")
        found: Counter[tuple[date, str]] = Counter()
        for query in queries:
            for day, app, requests in self.rows(query):
                found[day, app] += int(requests)
        return found

    def sources(self) -> tuple[RecordSource, ...]:
        """What the records came from, with the sha256 of each file's bytes."""
        found = [source for folder in self._prepared for source in folder.sources()]
        for file in self._plain:
            lines = self._spark.read.parquet(file.path.resolve().as_posix()).count()
            name = file.name.rpartition("/")[2]
            digest = sha256_of(file.path, file.name)
            found.append(RecordSource(name=name, sha256=digest, lines=lines))
        return tuple(found)

    def _parquet(self, kind: str) -> list[Path]:
        return [path for folder in self._prepared for path in folder.files(kind)]

    def _read(self, name: str, paths: Sequence[Path]) -> dict[str, str]:
        """Name files as a relation; the types of its columns."""
        reader = self._spark.read.option("mergeSchema", "true")
        try:
            frame = reader.parquet(*(path.resolve().as_posix() for path in paths))
            frame.createOrReplaceTempView(name)
            return dict(frame.dtypes)
        except _errors() as error:
            raise self._broken(error) from error

    def _sql(self, query: str) -> DataFrame:
        try:
            return self._spark.sql(query)
        except _errors() as error:
            raise self._broken(error) from error

    def _broken(self, error: Exception) -> InputError:
        said = str(error).strip().splitlines() or [type(error).__name__]
        return InputError(f"Spark at {self._url} could not count the records: {said[0][:300]}")


def session(url: str) -> SparkSession:
    """A session in which days are those of UTC.

    Args:
        url: ``local[2]``, ``spark://host:7077``, or ``sc://host`` for Spark Connect.

    Raises:
        PolicyctlError: PySpark is not installed, or there is no Spark at the URL.
    """
    # What PySpark thinks of the pandas beside it is nobody's concern here: none is used.
    warnings.filterwarnings("ignore", category=FutureWarning, module="pyspark")
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise InputError(f"--engine {url} needs PySpark", hint=EXTRA) from error
    builder = SparkSession.builder.appName("policyctl")
    if url.startswith(_CONNECT):
        _require_listener(url)
        builder = builder.remote(url)
    else:
        # Nobody has to see what is counted; a driver of its own machine listens to nobody else.
        builder = builder.master(url).config("spark.ui.enabled", "false")
        for name, value in (_LOCAL if url.startswith("local") else {}).items():
            builder = builder.config(name, value)
    try:
        spark = builder.getOrCreate()
        spark.conf.set("spark.sql.session.timeZone", "UTC")
        if not url.startswith(_CONNECT):
            spark.sparkContext.setLogLevel("ERROR")
    except Exception as error:
        said = str(error).strip().splitlines() or [type(error).__name__]
        hint = _CONNECT_EXTRA if url.startswith(_CONNECT) else EXTRA
        raise PolicyctlError(f"no Spark at {url}: {said[0][:300]}", hint=hint) from error
    return spark


def _require_listener(url: str) -> None:
    """Raise `PolicyctlError` where nobody listens: the client would try again for ten minutes."""
    place = urlsplit(url)
    try:
        address = (place.hostname or "", place.port or _CONNECT_PORT)
        socket.create_connection(address, timeout=_PATIENCE).close()
    except (OSError, ValueError) as error:
        raise PolicyctlError(f"no Spark at {url}: {error}", hint=_CONNECT_EXTRA) from error


def _errors() -> tuple[type[Exception], ...]:
    from py4j.protocol import Py4JError  # type: ignore[import-untyped]
    from pyspark.errors import PySparkException

    return PySparkException, Py4JError
