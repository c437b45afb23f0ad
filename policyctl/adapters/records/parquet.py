"""Reads detection records from Parquet, through DuckDB."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from policyctl.adapters.records.duck import asking, connected, exactly
from policyctl.adapters.records.row_file import RowFile
from policyctl.adapters.records.unpacking import PARQUET, reading, sha256_of
from policyctl.core.engine_logs.fields import Fields
from policyctl.core.levels import Level
from policyctl.core.record_table import check_header
from policyctl.core.unusable import UnusableError
from policyctl.errors import InputError

_BATCH = 10_000
_LEVELS = " ".join(f"WHEN {level.value} THEN '{level.label}'" for level in Level)


class ParquetFile(RowFile):
    """One file: its records, the row that was read last, and at the end its digest.

    Times may be TIMESTAMP (then they are UTC), TIMESTAMP WITH TIME ZONE or text; levels numbers
    from 1 to 5, NULL for none, or text. Empty text is an absent field.
    """

    @property
    def place(self) -> str:
        """Where the row stands that came last, for people."""
        return f" row {self.line}"

    def rows(self) -> Iterator[Fields | UnusableError]:
        """The rows as fields of records."""
        self.line = self.count = 0
        check_whole(self.path, self.name)
        with connected(f"{self.name} (Parquet)") as connection, asking(self.name, "Parquet"):
            described = connection.execute(
                "DESCRIBE SELECT * FROM read_parquet(?)", [exactly(self.path)]
            ).fetchall()
            names, columns = self._columns(described)
            found = connection.execute(
                f"SELECT {columns} FROM read_parquet(?)",  # noqa: S608
                [exactly(self.path)],
            )
            while batch := found.fetchmany(_BATCH):
                for row in batch:
                    self.line += 1
                    self.count += 1
                    fields = dict(zip(names, row, strict=True))
                    yield {name: value for name, value in fields.items() if value != ""}
        self.digest = sha256_of(self.path, self.name)
        self.size = self.path.stat().st_size

    def _columns(self, described: list[tuple[str, ...]]) -> tuple[list[str], str]:
        names = [row[0] for row in described]
        try:
            check_header(names)
        except UnusableError as error:
            raise InputError(f"{self.name}: {error}") from error
        return names, ", ".join(_as_written(row[0], row[1]) for row in described)


def check_whole(path: Path, name: str) -> None:
    """Raise `InputError` unless a file begins and ends as Parquet does."""
    with reading(name), path.open("rb") as file:
        start = file.read(len(PARQUET))
        size = file.seek(0, 2)
        file.seek(max(0, size - len(PARQUET)))
        end = file.read()
    if start != PARQUET:
        raise InputError(f"{name} is not Parquet")
    if end != PARQUET or size < 3 * len(PARQUET):
        raise InputError(f"{name} ends in the middle: it was not copied whole")


def _as_written(name: str, kind: str) -> str:
    """The SQL that gives a column's values as a JSON record has them."""
    if name == "ts" and kind.startswith("TIMESTAMP"):
        return "strftime(make_timestamp(epoch_us(ts)), '%Y-%m-%dT%H:%M:%S.%fZ')"
    if name == "level" and kind.endswith("INT"):
        return f"CASE level {_LEVELS} ELSE coalesce(CAST(level AS VARCHAR), 'none') END"
    if name == "score" and kind.startswith(("DECIMAL", "FLOAT")):
        return "CAST(score AS DOUBLE)"
    return f'"{name}"'
