"""Chooses what counts the records that ``--events`` names."""

from __future__ import annotations

import glob
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import parse_qsl

from policyctl.adapters.analytics.duckdb_engine import Bounds, DuckDbEngine, Watch, unwatched
from policyctl.adapters.analytics.sql_analysis import SqlAnalysis, SqlEngine
from policyctl.adapters.records.opening import open_records
from policyctl.adapters.records.parquet import ParquetFile
from policyctl.adapters.records.prepared import PreparedFolder
from policyctl.errors import UsageError
from policyctl.usecases.analysis import PlainAnalysis
from policyctl.usecases.ports import Analysis

AUTOMATIC = "auto"
_SPARK = re.compile(r"(local(\[[0-9*,]+\])?\Z|spark://|sc://|yarn\Z|k8s://)")
_MEMORY = re.compile(r"[1-9][0-9]{0,6}(MB|GB)\Z")
_HINT = "auto, python, duckdb?memory=1GB&threads=4&spill=DIR, local[2], spark://HOST, sc://HOST"


def open_analysis(
    names: Iterable[str], engine: str = AUTOMATIC, *, watch: Watch = unwatched
) -> Analysis:
    """Detection records, ready to be counted.

    Unless an engine is asked for, Parquet and prepared folders are counted by DuckDB, everything
    else record by record.

    Args:
        names: files, patterns and folders, as `open_records` takes them.
        engine: ``auto``, ``python``, ``duckdb`` with bounds (``duckdb?memory=1GB&threads=4``), or
            where Spark is (``local[2]``, ``spark://…``, ``sc://…``).
        watch: shows how far a long query has come.

    Raises:
        InputError: something is not there, or is not what it should be.
        UsageError: there is no such engine, or it cannot read such files.
    """
    name, _, more = engine.partition("?")
    is_spark = bool(_SPARK.match(engine))
    if name not in (AUTOMATIC, "python", "duckdb") and not is_spark:
        raise UsageError(f"--engine {engine!r} is unknown", hint=_HINT)
    bounds = _bounds(more) if name == "duckdb" else Bounds()
    if more and name in (AUTOMATIC, "python"):
        raise UsageError(f"--engine {name} takes no settings", hint=_HINT)
    records = open_records(names)
    tables = [file for file in records.files if isinstance(file, ParquetFile | PreparedFolder)]
    others = [file.name for file in records.files if file not in tables]
    others += [file.name for file in tables if glob.has_magic(file.name)]
    if name == "python" or (name == AUTOMATIC and others):
        return PlainAnalysis(records)
    if others:
        raise UsageError(
            f"--engine {engine} reads Parquet and prepared folders, and {others[0]} is neither",
            hint="policyctl records import makes a folder of them",
        )
    return SqlAnalysis(_engine(tables, engine if is_spark else "", bounds, watch), records)


def _engine(
    tables: list[ParquetFile | PreparedFolder], spark: str, bounds: Bounds, watch: Watch
) -> SqlEngine:
    if not spark:
        return DuckDbEngine(tables, bounds, watch)
    from policyctl.adapters.analytics.spark_engine import SparkEngine

    return SparkEngine(tables, spark)


def _bounds(text: str) -> Bounds:
    """What DuckDB may use, out of ``memory=1GB&threads=4&spill=DIR``."""
    given = dict(parse_qsl(text, keep_blank_values=True))
    unknown = [name for name in given if name not in ("memory", "threads", "spill")]
    if unknown or (text and not given):
        raise UsageError(f"DuckDB has no setting {(unknown or [text])[0]!r}", hint=_HINT)
    memory, threads = given.get("memory", Bounds().memory), given.get("threads")
    if not _MEMORY.match(memory):
        raise UsageError(f"{memory!r} is no amount of memory", hint="as in memory=512MB")
    if threads is not None and not re.match(r"[1-9][0-9]{0,2}\Z", threads):
        raise UsageError(f"{threads!r} is no number of threads", hint="as in threads=4")
    spill = Path(given["spill"]) if "spill" in given else None
    if spill is not None and not spill.is_dir():
        raise UsageError(f"{spill} is no folder")
    return Bounds(memory=memory, threads=int(threads) if threads else None, spill=spill)
