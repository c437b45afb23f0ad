"""Generated detection records: as Parquet, as a prepared folder, as JSON lines; run by ``replay.py``.

    python benchmarks/traffic.py FOLDER RECORDS SAMPLE

A program of its own, because what a parent once held counts as memory of its children.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
from counting import DETECTORS

from policyctl.core.canonical import sha256
from policyctl.core.records_manifest import FOLDERS, ImportedFile, Manifest, manifest_bytes

_DAYS = 28
_APPS = 40
_FILES = 10
_RECORDS = """
SELECT
  TIMESTAMP '2026-10-05' + to_microseconds(CAST(i * {step} AS BIGINT)) AS ts,
  'req-' || substr(md5(CAST(i // 4 AS VARCHAR)), 1, 16) AS request_id,
  's' || (i // 40) AS session_id,
  'user-' || (hash(i // 40) % 200000) AS key,
  'app-' || (hash(i // 4) % {apps}) AS app,
  '' AS cohort,
  'input' AS direction,
  'custom/d' || (i % {detectors}) AS detector,
  '1' AS detector_version,
  CASE WHEN hash(i * 7) % 1000 < 28 THEN CAST(1 + hash(i * 3) % 5 AS TINYINT) END AS level,
  CAST(hash(i) % 10000 AS DOUBLE) / 10000 AS score,
  'ok' AS status,
  CAST(NULL AS BOOLEAN) AS blocked,
  '' AS fingerprint,
  CASE WHEN hash(i * 11) % 200 = 0 THEN 'false_positive'
       WHEN hash(i * 11) % 200 = 1 THEN 'true_positive' END AS label
FROM range({start}, {stop}) t(i)
"""


def plain(folder: Path, records: int) -> list[Path]:
    """Records of four weeks, in their order of time, as Parquet files of equal size."""
    folder.mkdir()
    step = _DAYS * 86_400_000_000 / records
    bounds = [records * number // _FILES for number in range(_FILES + 1)]
    paths = []
    for number in range(_FILES):
        query = _RECORDS.format(
            step=step,
            apps=_APPS,
            detectors=DETECTORS,
            start=bounds[number] // 4 * 4,
            stop=bounds[number + 1] // 4 * 4,
        )
        paths.append(folder / f"{number}.parquet")
        _copy(query, paths[-1], "FORMAT parquet, COMPRESSION zstd")
    return paths


def json_lines(file: Path, source: Path, records: int) -> Path:
    """The first records of a Parquet file, as JSON lines."""
    names = "'none', 'l1_confident', 'l2_very_likely', 'l3_likely', 'l4_less_likely', 'l5_unlikely'"
    query = (
        f"SELECT * REPLACE (strftime(ts, '%Y-%m-%dT%H:%M:%S.%fZ') AS ts,"  # noqa: S608
        f" nullif(cohort, '') AS cohort, nullif(fingerprint, '') AS fingerprint,"
        f" list_extract([{names}], coalesce(level, 0) + 1) AS level)"
        f" FROM read_parquet('{source}') LIMIT {records}"
    )
    _copy(query, file, "FORMAT json")
    return file


def prepared(folder: Path, files: list[Path]) -> Path:
    """The folder that ``policyctl records import`` makes of records that are sound."""
    inputs, bound = [], {}
    for file in files:
        digest = sha256(file.read_bytes())
        for kind, query in zip(FOLDERS, _queries(file), strict=True):
            path = folder / kind / f"{digest[:12]}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            _copy(query, path, "FORMAT parquet, COMPRESSION zstd")
            bound[f"{kind}/{path.name}"] = sha256(path.read_bytes())
        lines = duckdb.execute("SELECT count(*) FROM read_parquet(?)", [str(file)]).fetchall()[0][0]
        inputs.append(
            ImportedFile(
                name=file.name,
                sha256=digest,
                engine="policyctl",
                size=file.stat().st_size,
                lines=lines,
                records=lines,
                used=lines,
                settings="",
                silent=0,
            )
        )
    manifest = Manifest(inputs=tuple(inputs), files=bound, policyctl="", duckdb=duckdb.__version__)
    (folder / "manifest.json").write_bytes(manifest_bytes(manifest))
    return folder


def _queries(file: Path) -> tuple[str, str, str]:
    rows, place = f"read_parquet('{file}')", "CAST(ts AS DATE) AS day, app, cohort"
    hits = f"SELECT * FROM {rows} WHERE status = 'ok' AND level <= 4"  # noqa: S608
    alike = f"{place}, direction, detector, detector_version, level, status"
    counts = "count(*) AS records, min(ts) AS first, max(ts) AS last"
    totals = f"SELECT {alike}, {counts} FROM {rows} GROUP BY ALL"  # noqa: S608
    requests = f"SELECT {place}, count(DISTINCT request_id) AS requests FROM {rows} GROUP BY ALL"  # noqa: S608
    return hits, totals, requests


def _copy(query: str, path: Path, form: str) -> None:
    with duckdb.connect(config={"memory_limit": "1GB"}) as connection:
        connection.execute(f"COPY ({query}) TO '{path}' ({form})")


if __name__ == "__main__":
    made = Path(sys.argv[1])
    parquet = plain(made / "plain", int(sys.argv[2]))
    prepared(made / "prepared", parquet)
    json_lines(made / "sample.jsonl", parquet[0], int(sys.argv[3]))
