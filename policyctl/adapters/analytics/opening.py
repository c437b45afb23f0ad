"""Chooses what counts the records that ``--events`` names."""

from __future__ import annotations

import glob
from collections.abc import Iterable

from policyctl.adapters.analytics.duckdb_engine import Bounds, DuckDbEngine, Watch, unwatched
from policyctl.adapters.analytics.sql_analysis import SqlAnalysis
from policyctl.adapters.records.opening import open_records
from policyctl.adapters.records.parquet import ParquetFile
from policyctl.adapters.records.prepared import PreparedFolder
from policyctl.usecases.analysis import PlainAnalysis
from policyctl.usecases.ports import Analysis


def open_analysis(names: Iterable[str], *, watch: Watch = unwatched) -> Analysis:
    """Detection records, ready to be counted.

    Parquet and prepared folders are counted by DuckDB, everything else record by record.

    Args:
        names: files, patterns and folders, as `open_records` takes them.
        watch: shows how far a long query has come.

    Raises:
        InputError: something is not there, or is not what it should be.
    """
    records = open_records(names)
    tables = [file for file in records.files if isinstance(file, ParquetFile | PreparedFolder)]
    if len(tables) < len(records.files) or not all(map(_is_plain, tables)):
        return PlainAnalysis(records)
    return SqlAnalysis(DuckDbEngine(tables, Bounds(), watch), records)


def _is_plain(file: ParquetFile | PreparedFolder) -> bool:
    """Whether DuckDB takes the file's name as it is, rather than for a pattern."""
    return not glob.has_magic(file.name)
