"""Engines count what the definitions count, to the last digit."""

from __future__ import annotations

import gc
import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest

from policyctl.adapters.analytics import duckdb_engine
from policyctl.adapters.analytics.dialect import DUCKDB, VECTORS, VECTORS_SALT
from policyctl.adapters.analytics.duckdb_engine import Bounds, DuckDbEngine, unwatched
from policyctl.adapters.analytics.opening import open_analysis
from policyctl.adapters.analytics.sql_analysis import SqlAnalysis
from policyctl.adapters.records.opening import open_records
from policyctl.adapters.records.parquet import ParquetFile
from policyctl.core.bucket import bucket, cut, takes_in
from policyctl.core.canonical import sha256
from policyctl.core.levels import Level, Sensitivity
from policyctl.core.policy import Guardrail, Limited, Policy, PolicyException
from policyctl.core.record import Label, Record, Status
from policyctl.core.records_manifest import ImportedFile, Manifest, manifest_bytes
from policyctl.core.replay import Kind
from policyctl.core.replay_document import replay_digest
from policyctl.core.sides import Action, Direction
from policyctl.core.stages import Stage
from policyctl.errors import InputError, PolicyctlError, UsageError
from policyctl.usecases.analysis import PlainAnalysis

DETECTORS = ("pii/email", "pii/email/work", "pii/phone", "secrets", "prompt_attack", "odd's \\n")
APPS = ("chat", "shop", "it's")
COHORTS = ("", "staff")
KEYS = ("a", "user@example.com", "Zürich-é-☃-𝄞", "o'brien", "back\\slash", "b", "c")
FINGERPRINTS = tuple(f"f{number}" for number in range(40))
SCORES = (None, 0.0, 0.05, 0.15, 0.3, 0.7, 1.0, 1 / 3, 0.1 + 0.2, 0.95, 0.9999999999999999)
START = datetime(2026, 10, 5, 20, tzinfo=UTC)
COLUMNS = (
    "ts TIMESTAMP, request_id VARCHAR, session_id VARCHAR, key VARCHAR, app VARCHAR,"
    " cohort VARCHAR, direction VARCHAR, detector VARCHAR, detector_version VARCHAR,"
    " level TINYINT, status VARCHAR, label VARCHAR, blocked BOOLEAN, fingerprint VARCHAR,"
    " score DOUBLE"
)


def made_records(draw: random.Random, count: int) -> list[Record]:
    found = []
    for number in range(count):
        status = Status.OK if draw.random() < 0.95 else draw.choice([Status.ERROR, Status.TIMEOUT])
        level = draw.choice([None, *Level]) if status is Status.OK else None
        found.append(
            Record(
                time=START + timedelta(microseconds=draw.randrange(4 * 24 * 3_600_000_000)),
                request_id=f"r{number // 2}",
                session_id=draw.choice(["", "s1", "s2", "s3"]),
                key=draw.choice(KEYS),
                app=draw.choice(APPS),
                cohort=draw.choice(COHORTS),
                direction=list(Direction)[number % 2],
                detector=draw.choice(DETECTORS),
                detector_version=draw.choice(["", "1", "2"]),
                level=level,
                status=status,
                label=draw.choice([None, *Label]) if level else None,
                blocked=draw.choice([None, False, True]),
                fingerprint=draw.choice(["", "", *FINGERPRINTS]),
                score=SCORES[number % len(SCORES)],
            )
        )
    return found


def some(draw: random.Random, values, most: int = 2):
    return tuple(draw.sample(list(values), draw.randrange(min(most, len(values)) + 1)))


def made_policy(draw: random.Random) -> Policy:
    names = ("pii", "pii/email", "pii/phone", "secrets", "prompt_attack", "odd's \\n")
    sides = [(name, direction) for name in names for direction in Direction]
    return Policy(
        id="support",
        name="Support",
        purpose="Answers questions.",
        use_case="public-facing",
        data_sensitivity="internal",
        owner="team",
        stage=draw.choice(list(Stage)),
        sensitivity=Sensitivity.L2,
        apps=some(draw, APPS),
        guardrails=tuple(
            Guardrail(
                detector=name,
                direction=direction,
                action=draw.choice(list(Action)),
                sensitivity=draw.choice(list(Sensitivity)),
                enabled=draw.random() < 0.9,
            )
            for name, direction in draw.sample(sides, 6)
        ),
        limited=Limited(
            guardrails=some(draw, names, 1),
            apps=some(draw, APPS, 1),
            cohorts=some(draw, COHORTS[1:], 1),
            share=draw.choice([None, Fraction(0), Fraction(1, 3), Fraction(1, 2), Fraction(1)]),
            salt=draw.choice(["policyctl/v1:support", "o'salt\\", ""]),
        ),
        exceptions=tuple(
            PolicyException(
                id="E",
                guardrail=draw.choice(names),
                reason="r",
                owner="o",
                expires=draw.choice([None, date(2026, 10, 6), date(2026, 10, 8)]),
                apps=some(draw, APPS),
                cohorts=some(draw, COHORTS[1:], 1),
                keys=some(draw, KEYS),
                direction=draw.choice([None, *Direction]),
            )
            for _ in range(draw.randrange(3))
        ),
    )


def rows_of(records):
    return [
        (
            *(item.time.replace(tzinfo=None), item.request_id, item.session_id or None, item.key),
            *(item.app, item.cohort, item.direction.value, item.detector, item.detector_version),
            *(item.level, item.status.value, item.label.value if item.label else None),
            *(item.blocked, item.fingerprint, item.score),
        )
        for item in records
    ]


def written(path: Path, records) -> Path:
    """Records as one Parquet file."""
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE r ({COLUMNS})")
        lists = [list(column) for column in zip(*rows_of(records), strict=True)]
        connection.execute(f"INSERT INTO r SELECT {', '.join(['unnest(?)'] * len(lists))}", lists)
        connection.execute(f"COPY r TO '{path}' (FORMAT parquet)")
    return path


def prepared(folder: Path, *files: Path) -> Path:
    """A folder as `records import` writes it."""
    inputs, bound = [], {}
    for file in files:
        digest = sha256(file.read_bytes())
        rows = f"read_parquet('{file}')"
        day = "CAST(ts AS DATE) AS day, app, cohort"
        kinds = {
            "hits": f"SELECT * FROM {rows} WHERE status = 'ok' AND level <= 4",
            "totals": f"SELECT {day}, direction, detector, detector_version, level, status,"
            f" count(*) AS records, min(ts) AS first, max(ts) AS last FROM {rows} GROUP BY ALL",
            "requests": f"SELECT {day}, count(DISTINCT request_id) AS requests FROM {rows}"
            " GROUP BY ALL",
        }
        for kind, query in kinds.items():
            path = folder / kind / f"{digest[:12]}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            duckdb.sql(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
            bound[f"{kind}/{path.name}"] = sha256(path.read_bytes())
        lines = duckdb.sql(f"SELECT count(*) FROM {rows}").fetchall()[0][0]
        inputs.append(
            ImportedFile(
                name=file.name, sha256=digest, engine="policyctl", size=file.stat().st_size,
                lines=lines, records=lines, used=lines, settings="", silent=0,
            )
        )  # fmt: skip
    manifest = Manifest(inputs=tuple(inputs), files=bound, policyctl="0.1", duckdb="2.0")
    (folder / "manifest.json").write_bytes(manifest_bytes(manifest))
    return folder


class Some(list):
    """Records that know of no file."""

    def manifest(self):
        return ()


@pytest.mark.parametrize("seed", range(4))
def test_duckdb_counts_as_the_definitions_do(tmp_path, seed):
    draw = random.Random(seed)
    records = made_records(draw, 2000)
    half = 2 * draw.randrange(900)
    # A request lies within one file: what was imported apart is counted apart.
    files = [written(tmp_path / "a.parquet", records[:half + 2]),
             written(tmp_path / "b.parquet", records[half + 2:])]  # fmt: skip
    plain = PlainAnalysis(Some(records))
    engines = [
        open_analysis(map(str, files)),
        open_analysis([str(prepared(tmp_path / "folder", *files))]),
        open_analysis([str(prepared(tmp_path / "one", files[0])), str(files[1])]),
    ]
    assert {item.engine for item in engines} == {"duckdb"}

    decided = excepted = drawn = engine_blocked = repeated = same = scored = 0
    for _ in range(5):
        old, new = made_policy(draw), made_policy(draw)
        replayed, tallied = plain.replay(old, new), plain.tally(old, new)
        levels = plain.level_counts(new)
        measured = {size: plain.measure(old, new, size=size) for size in (0, 1, 3, 1000)}
        detailed = plain.measure(old, new, repeats=True, scores=True)
        repeated += sum(item.messages for item in detailed.repeats)
        same += sum(item.same for item in detailed.repeats)
        scored += sum(sum(item.counts) for item in detailed.scores)
        decided += sum(item.events for item in replayed.changed)
        days = measured[1000].daily.days
        excepted += sum(item.hits for item in measured[1000].daily.exceptions)
        drawn += sum(len(item.drawn) for item in measured[1000].sample)
        engine_blocked += sum(day.engine_blocked for day in days)
        for engine in engines:
            assert engine.replay(old, new) == replayed
            assert replay_digest(engine.replay(old, new)) == replay_digest(replayed)
            assert engine.tally(old, new) == tallied
            assert engine.measure(old, new) == measured[0]
            assert engine.measure(old, new, repeats=True, scores=True) == detailed
            for size in (1, 3, 1000):
                assert engine.measure(old, new, size=size) == measured[size]
            assert engine.level_counts(new) == levels
            assert engine.replay(None, new) == plain.replay(None, new)
    assert decided > 200
    assert min(excepted, drawn, engine_blocked, same, scored) > 0
    assert repeated > same


def test_every_kind_of_change_was_compared(tmp_path):
    draw = random.Random(1)
    engine = open_analysis([str(written(tmp_path / "a.parquet", made_records(draw, 3000)))])

    found = {
        item.place.kind
        for _ in range(8)
        for item in engine.replay(made_policy(draw), made_policy(draw)).changed
    }

    assert found == set(Kind)


@pytest.mark.parametrize("order", ["ts", "request_id"])
def test_requests_are_counted_alike_whether_span_by_span_or_at_once(tmp_path, monkeypatch, order):
    records = made_records(random.Random(7), 12_000)
    path, sorted_ = written(tmp_path / "a.parquet", records), tmp_path / "b.parquet"
    duckdb.sql(
        f"COPY (SELECT * FROM '{path}' ORDER BY {order}) TO '{sorted_}'"
        " (FORMAT parquet, ROW_GROUP_SIZE 2048)"
    )
    monkeypatch.setattr(duckdb_engine, "ROWS", 5000)
    engine = DuckDbEngine([ParquetFile(sorted_, "b")], Bounds(), unwatched)
    asked: list[str] = []
    rows = engine.rows
    monkeypatch.setattr(engine, "rows", lambda query: asked.append(query) or rows(query))
    engine.prepare()
    asked.clear()

    found = engine.requests(())

    assert len(asked) == (2 if order == "ts" else 1)
    counted = {(item.time.date(), item.app, item.cohort, item.request_id) for item in records}
    assert found == Counter((day, app) for day, app, _, _ in counted)


def test_the_sources_are_those_of_the_strict_reader(tmp_path):
    path = str(written(tmp_path / "a.parquet", made_records(random.Random(1), 10)))
    reader = open_records([path])
    list(reader)

    assert open_analysis([path]).manifest() == reader.manifest()


def test_times_with_a_zone_and_levels_as_text_count_alike(tmp_path):
    draw = random.Random(3)
    path = written(tmp_path / "a.parquet", made_records(draw, 500))
    labels = " ".join(f"WHEN {level.value} THEN '{level.label}'" for level in Level)
    other = tmp_path / "b.parquet"
    duckdb.sql(
        f"COPY (SELECT * REPLACE (make_timestamptz(epoch_us(ts)) AS ts,"
        f" CASE level {labels} ELSE 'none' END AS level) FROM '{path}') TO '{other}'"
        " (FORMAT parquet)"
    )
    old, new = made_policy(draw), made_policy(draw)

    assert open_analysis([str(other)]).replay(old, new) == open_analysis([str(path)]).replay(
        old, new
    )


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ("* REPLACE ('' AS app)", "bad.parquet: row 1: the record has no 'app'"),
        ("* REPLACE ('both' AS direction)", "bad.parquet: row 1: the direction 'both' is unknown"),
        ("* REPLACE (CAST(7 AS TINYINT) AS level)", "bad.parquet: row 1: the level '7' is unknown"),
        ("* REPLACE ('good' AS label)", "bad.parquet: row 1: the label 'good' is unknown"),
        ("* REPLACE ('error' AS status)", "bad.parquet: row 1: a record with status 'error' has"),
        ("* REPLACE ('r' AS request_id)", "bad.parquet:2: request 'r' has another record"),
        ("* REPLACE (CAST(NULL AS TIMESTAMP) AS ts)", "bad.parquet: row 1: 'ts' is null, not text"),
        (
            "* REPLACE (CAST(NULL AS VARCHAR) AS request_id, CAST(NULL AS TINYINT) AS level)",
            "bad.parquet: row 1: 'request_id' is null, not text",
        ),
        (
            "* REPLACE ('' AS request_id, CAST(NULL AS TINYINT) AS level)",
            "bad.parquet: row 1: the record has no 'request_id'",
        ),
        ("*, 1 AS prompt", "bad.parquet: the column 'prompt' is unknown"),
        ("* EXCLUDE (detector)", "bad.parquet: row 1: the record has no 'detector'"),
    ],
)
def test_what_the_strict_reader_refuses_is_not_counted(tmp_path, monkeypatch, changed, message):
    monkeypatch.chdir(tmp_path)
    base = Record(
        time=START, request_id="r1", key="k", app="chat", direction=Direction.INPUT,
        detector="pii/email", level=Level.L1_CONFIDENT, status=Status.OK,
    )  # fmt: skip
    path = written(tmp_path / "good.parquet", [base, replace(base, request_id="r2")])
    duckdb.sql(f"COPY (SELECT {changed} FROM '{path}') TO 'bad.parquet' (FORMAT parquet)")

    with pytest.raises(InputError) as caught:
        open_analysis(["bad.parquet"]).replay(None, made_policy(random.Random(1)))

    assert caught.value.message.startswith(message)


def test_a_damaged_file_is_one_clear_error(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    whole = written(tmp_path / "a.parquet", made_records(random.Random(1), 500)).read_bytes()
    Path("a.parquet").write_bytes(whole[:40] + bytes(400) + whole[440:])

    with pytest.raises(InputError) as caught:
        open_analysis(["a.parquet"]).replay(None, made_policy(random.Random(1)))

    assert caught.value.message == "a.parquet is damaged: it cannot be read as Parquet"


def test_a_name_that_duckdb_would_take_for_a_pattern_is_read_as_it_is(tmp_path):
    path = written(tmp_path / "a[1].parquet", made_records(random.Random(1), 50))

    assert open_analysis([str(path)]).engine == "python"


def test_too_little_memory_is_one_clear_error(tmp_path):
    file = ParquetFile(written(tmp_path / "a.parquet", made_records(random.Random(1), 5000)), "a")
    engine = DuckDbEngine([file], Bounds(memory="1MB", threads=1), unwatched)

    with pytest.raises(PolicyctlError) as caught:
        SqlAnalysis(engine, Some()).replay(None, made_policy(random.Random(1)))

    assert "memory" in caught.value.message


def test_an_engine_that_computes_another_bucket_is_refused(tmp_path):
    file = ParquetFile(written(tmp_path / "a.parquet", made_records(random.Random(1), 50)), "a")
    engine = DuckDbEngine([file], Bounds(), unwatched)
    engine.dialect = replace(DUCKDB, sha256=lambda text: f"upper(sha256({text}))")

    with pytest.raises(InputError) as caught:
        SqlAnalysis(engine, Some()).replay(None, made_policy(random.Random(1)))

    assert caught.value.message == (
        "duckdb puts the key '' into another bucket than policyctl does"
    )


def test_the_vectors_are_the_published_ones():
    published = ("ad1056a0", "af48c2c3", "f1335ba1", "9b632a86", "4aecc5c0", "63d17e90")

    assert tuple(bucket(VECTORS_SALT, key) for key in VECTORS) == published


def test_ten_thousand_keys_are_in_the_same_bucket_in_duckdb():
    salt, keys = "policyctl/v1:support", [f"user-{number}" for number in range(10_000)]

    found = duckdb.execute(
        f"SELECT k, {DUCKDB.bucket(salt, 'k')} FROM (SELECT unnest(?) AS k)", [keys]
    ).fetchall()

    assert found == [(key, bucket(salt, key)) for key in keys]
    shares = [Fraction(number, 100) for number in (1, 10, 33, 50, 99)]
    taken = [{key for key, place in found if place < cut(share)} for share in shares]
    assert all(smaller <= larger for smaller, larger in pairwise(taken))
    for share, keys_in in zip(shares, taken, strict=True):
        error = (10_000 * share * (1 - share)) ** 0.5
        assert abs(len(keys_in) - 10_000 * share) < 4 * error
        assert all(takes_in(share, salt, key) for key in keys_in)


@pytest.mark.parametrize(
    ("engine", "message"),
    [
        ("oracle", "--engine 'oracle' is unknown"),
        ("python?threads=1", "--engine python takes no settings"),
        ("duckdb?cores=2", "DuckDB has no setting 'cores'"),
        ("duckdb?x", "DuckDB has no setting 'x'"),
        ("duckdb?memory=lots", "'lots' is no amount of memory"),
        ("duckdb?threads=0", "'0' is no number of threads"),
        ("duckdb?spill=/nowhere", "/nowhere is no folder"),
    ],
)
def test_an_engine_that_cannot_be_is_one_clear_error(tmp_path, engine, message):
    path = written(tmp_path / "a.parquet", made_records(random.Random(1), 10))

    with pytest.raises(UsageError) as caught:
        open_analysis([str(path)], engine)

    assert caught.value.message == message


def test_an_engine_that_was_asked_for_counts_the_same(tmp_path):
    draw = random.Random(5)
    path = str(written(tmp_path / "a.parquet", made_records(draw, 300)))
    old, new = made_policy(draw), made_policy(draw)

    by_python = open_analysis([path], "python")
    bounded = open_analysis([path], f"duckdb?memory=64MB&threads=1&spill={tmp_path}")

    assert (by_python.engine, bounded.engine) == ("python", "duckdb")
    assert by_python.replay(old, new) == bounded.replay(old, new)
    assert by_python.manifest() == bounded.manifest()
    assert len(list(tmp_path.glob("policyctl-*"))) == 1
    del bounded
    gc.collect()
    assert list(tmp_path.glob("policyctl-*")) == []


def test_duckdb_reads_no_json_lines(events):
    with pytest.raises(UsageError) as caught:
        open_analysis([events], "duckdb")

    assert caught.value.message == (
        f"--engine duckdb reads Parquet and prepared folders, and {events} is neither"
    )
