"""What `--events` may name: every format gives the same records, and errors are one sentence."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import subprocess
import sys

import duckdb
import pytest
from backports import zstd

from policyctl.adapters.records.opening import open_records
from policyctl.core.evidence import RecordSource
from policyctl.core.record import record_from
from policyctl.core.records_manifest import ImportedFile, Manifest, manifest_bytes
from policyctl.errors import InputError


def fields(number, **more):
    return {
        "ts": f"2026-10-05T00:00:{number % 60:02}.250000Z",
        "request_id": f"r{number}",
        "session_id": "s1" if number % 2 else None,
        "app": "shop-chat",
        "direction": "input",
        "detector": "prompt_attack",
        "level": ("none", "l2_very_likely")[number % 2],
        "status": "ok",
        "score": number / 64,
        "detected": None if number % 3 else True,
        "blocked": bool(number % 2),
        "label": "false_positive" if number % 2 else None,
    } | more


ROWS = [fields(number) for number in range(7)]
RECORDS = [record_from(row) for row in ROWS]


def jsonl(rows=ROWS):
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def table(rows=ROWS, **dialect):
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), **dialect)
    writer.writeheader()
    for row in rows:
        writer.writerow(
            {
                name: str(value).lower() if isinstance(value, bool) else value
                for name, value in row.items()
            }
        )
    return text.getvalue().encode()


def parquet(path, columns="*"):
    source = path.with_suffix(".source")
    source.write_bytes(jsonl())
    duckdb.execute(
        f"COPY (SELECT {columns} FROM read_json('{source}', format='newline_delimited'))"
        f" TO '{path}' (FORMAT parquet)"
    )
    return path


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write(content, name):
        (tmp_path / name).write_bytes(content)
        return name

    return write


def refusal(*names):
    with pytest.raises(InputError) as raised:
        list(open_records(names))
    return raised.value


@pytest.mark.parametrize(
    "content",
    [
        *(pack(jsonl()) for pack in (bytes, gzip.compress, zstd.compress)),
        *(pack(table()) for pack in (bytes, gzip.compress, zstd.compress)),
        table(delimiter=";"),
        table(delimiter="\t", lineterminator="\n"),
        table(quoting=csv.QUOTE_ALL),
        "\ufeff".encode() + table(),
    ],
)
def test_every_format_of_text_gives_the_same_records(file, content):
    records = open_records([file(content, "records.log")])

    assert list(records) == RECORDS
    [source] = records.manifest()
    assert source.name == "records.log"
    assert source.sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    "columns",
    [
        "*",
        "* REPLACE (CAST(ts AS TIMESTAMPTZ) AS ts)",
        "* REPLACE (strftime(CAST(ts AS TIMESTAMP), '%Y-%m-%dT%H:%M:%S.%fZ') AS ts)",
        "* REPLACE (CAST(CASE level WHEN 'l2_very_likely' THEN 2 END AS TINYINT) AS level)",
        "* REPLACE (CAST(score AS DECIMAL(9, 6)) AS score, coalesce(session_id, '') AS session_id)",
    ],
)
def test_parquet_gives_the_same_records_however_its_columns_are_typed(file, tmp_path, columns):
    parquet(tmp_path / "records.parquet", columns)

    records = open_records(["records.parquet"])

    assert list(records) == RECORDS
    digest = hashlib.sha256((tmp_path / "records.parquet").read_bytes()).hexdigest()
    assert records.manifest() == (RecordSource(name="records.parquet", sha256=digest, lines=7),)


def test_a_pattern_gives_its_files_in_order(file):
    for name, row in (("b.jsonl", 1), ("a.jsonl", 0), ("c.txt", 2)):
        file(jsonl([ROWS[row]]), name)

    assert list(open_records(["*.jsonl"])) == RECORDS[:2]
    assert refusal("*.json").message == "no file fits *.json"


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(file):
    assert list(open_records([file(jsonl(), "day[1].jsonl")])) == RECORDS


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstd.compress])
def test_standard_input_is_read_like_a_file(pack):
    program = (
        "from policyctl.adapters.records.opening import open_records\n"
        "records = open_records(['-'])\n"
        "print(len(list(records)), *records.manifest())"
    )
    content = pack(jsonl())

    done = subprocess.run(
        [sys.executable, "-P", "-c", program], input=content, capture_output=True, check=True
    )

    digest = hashlib.sha256(content).hexdigest()
    source = RecordSource(name="stdin", sha256=digest, lines=7)
    assert done.stdout.decode().strip() == f"7 {source}"


def test_parquet_comes_through_standard_input_too(tmp_path):
    program = (
        "from policyctl.adapters.records.opening import open_records\n"
        "print(len(list(open_records(['-']))))"
    )
    content = parquet(tmp_path / "records.parquet").read_bytes()

    done = subprocess.run(
        [sys.executable, "-P", "-c", program], input=content, capture_output=True, check=True
    )

    assert done.stdout == b"7\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (table()[:-9], "records.csv:8: the row has 10 cells, and the table 12 columns"),
        (
            table([fields(1, labels="x")]),
            "records.csv:1: the column 'labels' is unknown: did you mean 'label'?",
        ),
        (b"ts,request_id,ts\n1,2,3\n", "records.csv:1: the column 'ts' stands twice in the table"),
        (b"a,b\n1,2\n", "records.csv is not a table of detection records"),
        (b"ts,request_id\n", "records.csv holds no records"),
        (
            b"ts,request_id,app,direction\n1,2,3,input\n",
            "records.csv:2: the record has no 'detector', 'level' and 'status'",
        ),
        (table([fields(1, blocked="maybe")]), "records.csv:2: 'blocked' is neither true nor false"),
        (table([fields(1, score="high")]), "records.csv:2: 'score' is not a number"),
        (table() + b'"2026', "records.csv:9: the row is not CSV: unexpected end of data"),
        (table() + b"\xff,\n", "records.csv:9: the line is not UTF-8"),
        (table() + b"x" * 1024 * 1024 + b"y", "records.csv:9: the line is longer than 1 MiB"),
    ],
)  # fmt: skip
def test_a_bad_table_is_one_clear_error(file, content, message):
    assert refusal(file(content, "records.csv")).message == message


@pytest.mark.parametrize("kept", [6, 20, -9, -1])
def test_a_truncated_zstd_file_is_one_clear_error(file, kept):
    name = file(zstd.compress(jsonl())[:kept], "records.jsonl.zst")

    assert refusal(name).message == f"{name} ends in the middle: it was not copied whole"


@pytest.mark.parametrize("kept", [4, 11, 300, -9, -1])
def test_a_truncated_parquet_file_is_one_clear_error(file, tmp_path, kept):
    whole = parquet(tmp_path / "whole.parquet").read_bytes()
    name = file(whole[:kept], "records.parquet")

    assert refusal(name).message == f"{name} ends in the middle: it was not copied whole"


def test_a_damaged_parquet_file_is_one_clear_error(file, tmp_path):
    whole = parquet(tmp_path / "whole.parquet").read_bytes()
    name = file(whole[:40] + bytes(100) + whole[140:], "records.parquet")

    assert refusal(name).message == f"{name} is damaged: it cannot be read as Parquet"


def test_a_parquet_row_that_is_no_record_is_named(file, tmp_path):
    parquet(tmp_path / "records.parquet", "* REPLACE (nullif(app, 'shop-chat') AS app)")
    parquet(tmp_path / "more.parquet", "*, 1 AS prompt")

    assert refusal("records.parquet").message == "records.parquet: row 1: 'app' is null, not text"
    assert refusal("more.parquet").message == "more.parquet: the column 'prompt' is unknown"


def test_a_record_may_not_come_again_in_another_format(file, tmp_path):
    parquet(tmp_path / "records.parquet")

    assert refusal(file(table(), "records.csv"), "records.parquet").message == (
        "records.parquet:1: request 'r0' has another record of detector 'prompt_attack' (input)"
        " in records.csv:2"
    )


@pytest.mark.parametrize(
    ("library", "name", "message"),
    [
        ("backports.zstd", "packed.jsonl", "is packed with zstd, and no library for that is here"),
        ("duckdb", "records.parquet", "(Parquet) needs DuckDB, which is not installed"),
    ],
)  # fmt: skip
def test_what_needs_the_extra_says_so(file, tmp_path, monkeypatch, library, name, message):
    parquet(tmp_path / "records.parquet")
    file(zstd.compress(jsonl()), "packed.jsonl")
    for module in (library, "compression.zstd"):
        monkeypatch.setitem(sys.modules, module, None)

    error = refusal(name)

    assert error.message == f"{name} {message}"
    assert error.hint == "pip install 'policyctl[evidence]'"


def manifest(files, sha256="0" * 64):
    item = ImportedFile(
        name="log.jsonl",
        sha256=sha256,
        engine="plain",
        settings="0" * 64,
        size=1,
        lines=1,
        used=1,
        silent=0,
        records=1,
    )
    return manifest_bytes(Manifest(inputs=(item,), files=files, policyctl="0", duckdb="2"))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (None, "folder is a folder without manifest.json"),
        (b"{}", "folder/manifest.json is not a manifest of records"),
        (b'{\n "schema": "x"\n}\n', "folder/manifest.json is not a manifest of records"),
        (b"[]\n", "folder/manifest.json is not a manifest of records"),
        (
            manifest({"../../etc/passwd": "0" * 64}),
            "folder/manifest.json is not a manifest of records",
        ),
        (manifest({}, sha256="../../../x"), "folder/manifest.json is not a manifest of records"),
        (manifest({}), "folder/manifest.json names inputs whose files it does not bind"),
    ],
)
def test_a_folder_that_was_not_prepared_is_one_clear_error(file, tmp_path, written, said):
    (tmp_path / "folder").mkdir()
    if written is not None:
        file(written, "folder/manifest.json")

    assert refusal("folder").message == said
