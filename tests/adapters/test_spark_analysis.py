"""Spark counts what DuckDB counts, to the last digit, by the same queries."""

from __future__ import annotations

import json
import os
import shutil
from datetime import date
from fractions import Fraction
from pathlib import Path

import duckdb
import pytest

from policyctl.adapters.analytics.dialect import SPARK
from policyctl.adapters.analytics.opening import open_analysis
from policyctl.core.bucket import bucket
from policyctl.core.levels import Sensitivity
from policyctl.core.policy import Guardrail, Limited, Policy, PolicyException
from policyctl.core.replay_document import replay_digest
from policyctl.core.sides import Action, Direction
from policyctl.core.stages import Stage
from policyctl.errors import UsageError

pytestmark = pytest.mark.skipif(
    shutil.which("java") is None, reason="no Java: a machine with Java 17 runs it"
)
URL = "local[2]"


@pytest.fixture(scope="module")
def spark():
    """One session for all: starting it takes longer than anything else here."""
    from policyctl.adapters.analytics.spark_engine import session

    kept = dict(os.environ)
    os.environ.pop("SPARK_HOME", None)
    found = session(URL)
    yield found
    found.stop()
    os.environ.clear()
    os.environ.update(kept)


@pytest.fixture(scope="module")
def parquet(tmp_path_factory) -> Path:
    """The shipped sample with some odd names and sessions in it, as Parquet."""
    import policyctl.demo_data

    source = Path(policyctl.demo_data.__file__).parent / "records.jsonl.gz"
    path = tmp_path_factory.mktemp("spark") / "records.parquet"
    duckdb.sql(
        "COPY (SELECT CAST(ts AS TIMESTAMP) AS ts, request_id,"
        " CASE WHEN hash(request_id) % 3 = 0 THEN 'it''s \\ ' || hash(request_id) % 50 END"
        " AS session_id, app, direction, detector,"
        " CASE WHEN hash(request_id) % 4 = 0 THEN 'staff' ELSE '' END AS cohort, CAST(CASE level"
        " WHEN 'l1_confident' THEN 1 WHEN 'l2_very_likely' THEN 2 WHEN 'l3_likely' THEN 3"
        " WHEN 'l4_less_likely' THEN 4 END AS TINYINT) AS level, status, label,"
        " 'f' || hash(request_id) % 500 AS fingerprint,"
        " CAST(hash(request_id) % 101 AS FLOAT) / 100 AS score"
        f" FROM read_json('{source}', format = 'newline_delimited'))"
        f" TO '{path}' (FORMAT parquet)"
    )
    return path


def policy(sensitivity, stage, **more):
    return Policy(
        id="support",
        name="Support",
        purpose="Answers questions.",
        use_case="public-facing",
        data_sensitivity="internal",
        owner="team",
        stage=stage,
        sensitivity=sensitivity,
        guardrails=(
            Guardrail(
                detector="prompt_attack",
                direction=Direction.INPUT,
                action=Action.BLOCK,
                sensitivity=sensitivity,
            ),
        ),
        **more,
    )


EXCEPTIONS = tuple(
    PolicyException(
        id=f"E{number}", guardrail="prompt_attack", reason="r", owner="o", expires=until, keys=keys
    )
    for number, (until, keys) in enumerate(
        [(date(2026, 10, 8), ()), (date(2026, 10, 20), ("it's \\ 7", "nobody"))]
    )
)
OLD = policy(Sensitivity.L2, Stage.LIMITED, limited=Limited(share=Fraction(1, 3), salt="o'salt \\"))
NEW = policy(
    Sensitivity.L4,
    Stage.LIMITED,
    apps=("assistant", "redteam-lab"),
    limited=Limited(share=Fraction(1, 2), salt="o'salt \\", cohorts=("staff",)),
    exceptions=EXCEPTIONS,
)


def test_spark_counts_as_duckdb_does(spark, parquet):
    fast, other = open_analysis([str(parquet)]), open_analysis([str(parquet)], URL)
    assert (fast.engine, other.engine) == ("duckdb", "spark")

    for old, new in ((OLD, NEW), (None, NEW)):
        expected, found = fast.replay(old, new), other.replay(old, new)
        assert len(expected.changed) > 1
        assert found == expected
        assert replay_digest(found) == replay_digest(expected)
    counted, expected = (
        item.measure(OLD, NEW, size=5, repeats=True, scores=True) for item in (other, fast)
    )
    assert counted == expected
    assert counted.repeats
    assert counted.scores
    assert other.level_counts(NEW) == fast.level_counts(NEW)
    assert other.manifest() == fast.manifest()


def test_ten_thousand_keys_are_in_the_same_bucket_in_spark(spark):
    salt = "policyctl/v1:support"
    expression = SPARK.bucket(salt, "concat('user-', CAST(id AS STRING))")
    rows = spark.sql(f"SELECT id, {expression} FROM range(10000)").collect()

    assert {row[0]: row[1] for row in rows} == {
        number: bucket(salt, f"user-{number}") for number in range(10_000)
    }


def test_nothing_listens_where_others_could_connect(spark):
    settings = dict(spark.sparkContext.getConf().getAll())

    assert settings["spark.ui.enabled"] == "false"
    assert settings["spark.driver.host"] == settings["spark.driver.bindAddress"] == "127.0.0.1"


def test_spark_reads_no_json_lines(events):
    with pytest.raises(UsageError) as caught:
        open_analysis([events], URL)

    assert caught.value.message.startswith("--engine local[2] reads Parquet and prepared folders")


@pytest.mark.usefixtures("spark")
def test_a_promotion_by_spark_is_computed_again_by_duckdb(recorded, parquet):
    given = ("--to", "limited", "--rationale", "measured", "--events", str(parquet))
    done = recorded.run("promote", "team-assistant", *given, "--engine", URL, by="erin")
    assert done.code == 0, done.err
    stored = json.loads(recorded.read(".policyctl/evidence/team-assistant/000002.json"))
    assert stored["engine"] == "spark"
    assert recorded.run("approve", "team-assistant", "--yes", by="sam").code == 0

    again = recorded.run("verify", "--records", str(parquet))

    assert again.code == 0, again.out
    assert "computed again from the records, and the same" in again.out
