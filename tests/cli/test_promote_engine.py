"""A promotion, the reviews before it and the check after it, counted by a named engine."""

from __future__ import annotations

import json

import duckdb
import pytest

POLICY = "team-assistant"
REPORT = f".policyctl/evidence/{POLICY}/000002.json"
LEVELS = ("l1_confident", "l2_very_likely", "l3_likely", "l4_less_likely")


@pytest.fixture
def parquet(recorded, events):
    """The shipped sample as Parquet, in the repository's folder."""
    labels = " ".join(f"WHEN '{name}' THEN {place}" for place, name in enumerate(LEVELS, start=1))
    path = recorded.folder / "records.parquet"
    duckdb.sql(
        "COPY (SELECT CAST(ts AS TIMESTAMP) AS ts, request_id, app, direction, detector,"
        f" CAST(CASE level {labels} END AS TINYINT) AS level, status, label"
        f" FROM read_json('{events}', format = 'newline_delimited')) TO '{path}' (FORMAT parquet)"
    )
    return str(path)


def promote(world, records, *more):
    given = ("--to", "limited", "--rationale", "measured", "--events", records)
    return world.run("promote", POLICY, *given, *more, by="erin")


@pytest.mark.parametrize("engine", ["python", "duckdb", "duckdb?memory=128MB&threads=1"])
def test_the_engine_that_was_named_counts_and_any_other_agrees(recorded, parquet, engine):
    done = promote(recorded, parquet, "--engine", engine)
    assert done.code == 0, done.err
    stored = json.loads(recorded.read(REPORT))
    assert stored["engine"] == engine.partition("?")[0]
    assert recorded.run("approve", POLICY, "--yes", by="sam").code == 0

    other = "python" if engine.startswith("duckdb") else "duckdb"
    again = recorded.run("verify", "--records", parquet, "--engine", other)

    assert again.code == 0, again.out
    assert "entry 2: computed again from the records, and the same" in again.out


def test_every_engine_draws_the_same_sample(recorded, parquet):
    sheets = []
    for engine in ("python", "duckdb"):
        given = ("--events", parquet, "--size", "20", "--out", "sheet.csv", "--engine", engine)
        assert recorded.run("review", "sample", POLICY, *given).code == 0
        sheets.append(recorded.read("sheet.csv"))

    assert sheets[0] == sheets[1]
    assert sheets[0].count(b"\n") == 21


def test_an_engine_that_cannot_read_the_records_promotes_nothing(recorded, events):
    before = recorded.state()

    unknown = promote(recorded, events, "--engine", "mysql")
    unable = promote(recorded, events, "--engine", "duckdb")

    assert (unknown.code, unable.code) == (2, 2)
    assert unknown.err.startswith("policyctl: --engine 'mysql' is unknown\n")
    assert "--engine duckdb reads Parquet and prepared folders" in unable.err
    assert recorded.state() == before


def test_an_engine_without_records_is_wrong_use(recorded):
    checked = recorded.run("promote", "--check", "--base", "HEAD", "--engine", "duckdb")
    verified = recorded.run("verify", "--engine", "duckdb")

    assert (checked.code, verified.code) == (2, 2)
    assert "so --engine has no place" in checked.err
    assert verified.err == (
        "policyctl: --engine duckdb has no records to count\n  = --records FILE\n"
    )
