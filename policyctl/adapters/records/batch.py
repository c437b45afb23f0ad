"""The records of one input, collected in DuckDB and written as Parquet."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from policyctl.adapters.records import prepared_sql as sql
from policyctl.adapters.records import quick_sql
from policyctl.adapters.records.duck import exactly, working
from policyctl.adapters.stopping import Stop
from policyctl.core.record import Record
from policyctl.core.records_manifest import FOLDERS, REJECTS
from policyctl.usecases.import_records import Counts

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_ROWS = 50_000
_AGAIN = "a record of the same request, detector and direction came before"


class PreparedBatch:
    """Satisfies `import_records.Batch`: memory holds some thousand rows, the rest is DuckDB's."""

    def __init__(
        self,
        connection: DuckDBPyConnection,
        stage: Path,
        name: str,
        others: Sequence[Path],
        refusals: TextIO,
        stop: Stop,
    ) -> None:
        self._connection = connection
        self._stage = stage
        self._name = name
        self._others = tuple(others)
        self._rows: list[tuple[object, ...]] = []
        self._rejects: Counter[str] = Counter()
        self._refusals = refusals
        self._stop = stop
        self._asked("DROP TABLE IF EXISTS records")
        self._asked(sql.CREATE)

    def add(self, record: Record, line: int) -> None:
        """Take a record."""
        self._rows.append(_row(record, line))
        if len(self._rows) >= _ROWS:
            self._flush()

    def take(self, lines: Sequence[tuple[int, bytes]]) -> list[int]:
        """Take the lines that are records beyond doubt; the numbers of the others."""
        texts: dict[int, str] = {}
        for line, content in lines:
            try:
                texts[line] = content.rstrip(b"\r\n").decode("utf-8")
            except UnicodeDecodeError:
                continue
        self._asked(quick_sql.LINES, list(texts), list(texts.values()))
        self._asked(quick_sql.FIELDS, quick_sql.STRUCTURE, quick_sql.SHAPE)
        if any(len(names) != len(set(names)) for (names,) in self._asked(quick_sql.NAMES)):
            self._asked(quick_sql.FORGET_TWICE)
        [(taken,)] = self._asked(quick_sql.TAKE)
        if taken == len(lines):
            return []
        left = {line for (line,) in self._asked(quick_sql.LEFT)}
        return [line for line, _ in lines if line in left or line not in texts]

    def reject(self, line: int, reason: str) -> None:
        """Take note of a line that cannot be used."""
        self._rejects[reason] += 1
        self._refusals.write(json.dumps({"line": line, "reason": reason}) + "\n")

    def finish(self) -> Counts:
        """Write the input's files into the stage; how many records and lines there were."""
        self._flush()
        self._forget_repeated(sql.REPEATED)
        if self._others:
            self._forget_repeated(sql.REPEATED_HITS, [exactly(path) for path in self._others])
        [(records, first, last)] = self._asked(sql.SUMMARY)
        for kind in FOLDERS:
            file = self._stage / kind / f"{self._name}.parquet"
            self._asked(sql.copied(sql.PREPARED[kind]), str(file))
        self._asked("DROP TABLE records")
        self._refusals.flush()
        if self._rejects:
            refused = self._stage / REJECTS / f"{self._name}.jsonl"
            Path(self._refusals.name).replace(refused)
        return Counts(
            records=records,
            rejected=tuple(sorted(self._rejects.items())),
            first=_written(first),
            last=_written(last),
        )

    def _forget_repeated(self, query: str, *values: object) -> None:
        lines = [line for (line,) in self._asked(query, *values)]
        if lines:
            self._asked(sql.FORGET, lines)
        for line in lines:
            self.reject(line, _AGAIN)

    def _asked(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        self._stop.check()
        with working():
            return self._connection.execute(query, list(values)).fetchall()

    def _flush(self) -> None:
        if not self._rows:
            return
        chunk = self._stage / "rows.csv"
        with chunk.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(self._rows)
        self._rows.clear()
        self._asked(sql.TAKE, exactly(chunk))
        chunk.unlink()


def _row(record: Record, line: int) -> tuple[object, ...]:
    return (
        line,
        record.time.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" "),
        record.request_id,
        record.session_id,
        record.key,
        record.app,
        record.cohort,
        record.direction.value,
        record.detector,
        record.detector_version,
        None if record.level is None else record.level.value,
        record.score,
        record.status.value,
        record.detected,
        record.would_block,
        record.blocked,
        record.label.value if record.label else None,
        record.reviewer,
        record.engine,
        record.policy_digest,
        record.fingerprint,
    )


def _written(moment: datetime | None) -> str:
    return moment.isoformat(timespec="microseconds") + "Z" if moment else ""
