"""Replays of real detection records count what somebody else's program counted of them.

The oracle is a table made with pandas: for each application, detector and sensitivity, how many
records of attacks, of benign texts and of unlabelled ones are blocked, and how many more than at
the sensitivity before. The shipped sample has its part of it in ``tests/data``; where
``POLICYCTL_REAL_RECORDS`` names a folder with all records and the whole table, these run too.
"""

from __future__ import annotations

import csv
import os
from pathlib import Path

import duckdb
import pytest

from policyctl.adapters.analytics.opening import open_analysis
from policyctl.core.levels import Sensitivity
from policyctl.core.policy import Guardrail, Policy
from policyctl.core.replay import Kind
from policyctl.core.sides import Action, Direction
from policyctl.core.stages import Stage

SAMPLE = Path(__file__).parent / "data" / "replay-oracle.csv"
REAL = Path(os.environ.get("POLICYCTL_REAL_RECORDS", "/nowhere"))
LABELS = "CASE label WHEN 'attack' THEN 'true_positive' WHEN 'benign' THEN 'false_positive' END"
LEVELS = (
    "CASE level WHEN 'l1' THEN 'l1_confident' WHEN 'l2' THEN 'l2_very_likely'"
    " WHEN 'l3' THEN 'l3_likely' WHEN 'l4' THEN 'l4_less_likely' ELSE 'none' END"
)


def oracle(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def policy(names, sensitivity):
    """All detectors enforced at one sensitivity, or no policy before the first."""
    if sensitivity is None:
        return None
    return Policy(
        id="all",
        name="All",
        purpose="Blocks.",
        use_case="internal-facing",
        data_sensitivity="internal",
        owner="team",
        stage=Stage.ENFORCE,
        sensitivity=sensitivity,
        guardrails=tuple(
            Guardrail(
                detector=name, direction=direction, action=Action.BLOCK, sensitivity=sensitivity
            )
            for name in names
            for direction in Direction
        ),
    )


def blocked(analysis, names, before, after):
    """For each application and detector: attacks, benign and unlabelled that are newly blocked."""
    found = analysis.replay(policy(names, before), policy(names, after))
    assert {item.place.kind for item in found.changed} == {Kind.NEWLY_BLOCKED}
    return {
        (item.place.app, item.place.guardrail): (
            item.true_positives,
            item.false_positives,
            item.events - item.reviewed,
        )
        for item in found.changed
    }


def compare(analysis, rows, sensitivity):
    names = sorted({row["detector"] for row in rows})
    previous = Sensitivity(sensitivity - 1) if sensitivity > 1 else None
    total = blocked(analysis, names, None, sensitivity)
    more = blocked(analysis, names, previous, sensitivity)
    asked = [row for row in rows if row["threshold"] == f"l{sensitivity.value}"]
    for row in asked:
        at = (row["app"], row["detector"])
        for counts, column in (
            (total, "blocked_{}"),
            (more, "newly_blocked_vs_previous_level_{}"),
        ):
            expected = tuple(int(row[column.format(kind)]) for kind in KINDS)
            assert counts.get(at, (0, 0, 0)) == expected, (at, column)
    places = {(row["app"], row["detector"]) for row in asked}
    assert places >= total.keys()
    return len(asked)


KINDS = ("attack", "benign", "unlabelled")


@pytest.mark.parametrize("sensitivity", Sensitivity)
def test_the_shipped_sample_counts_as_its_oracle_does(events, sensitivity):
    assert compare(open_analysis([events]), oracle(SAMPLE), sensitivity) == 3


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    """All real records as Parquet, with the names that policyctl has for their values."""
    if not (REAL / "records.jsonl.zst").exists():
        pytest.skip("POLICYCTL_REAL_RECORDS names no records: a machine that has them runs it")
    path = tmp_path_factory.mktemp("real") / "records.parquet"
    duckdb.sql(
        f"COPY (SELECT CAST(ts AS TIMESTAMP) AS ts, request_id, app, direction, detector,"
        f" {LEVELS} AS level, score, 'ok' AS status, {LABELS} AS label"
        f" FROM read_json('{REAL}/records.jsonl.zst', format = 'newline_delimited'))"
        f" TO '{path}' (FORMAT parquet)"
    )
    return open_analysis([str(path)])


@pytest.mark.parametrize("sensitivity", Sensitivity)
def test_all_real_records_count_as_their_oracle_does(everything, sensitivity):
    rows = oracle(REAL / "expected_replay.csv")

    assert compare(everything, rows, sensitivity) == len(rows) / 4


def test_every_record_of_the_oracle_was_read(everything):
    rows = oracle(REAL / "expected_replay.csv")

    names = sorted({row["detector"] for row in rows})
    found = everything.replay(None, policy(names, Sensitivity.L4))

    assert found.records == sum(int(row["events"]) for row in rows if row["threshold"] == "l1")
    assert found.requests == 30_632
    silent = {(item.app, item.guardrail) for item in found.not_replayable if item.app}
    deepest = [row for row in rows if row["threshold"] == "l4"]
    shown = {(row["app"], row["detector"]) for row in deepest if any(counts(row))}
    assert silent
    assert not silent & shown


def counts(row):
    return [int(row[f"newly_blocked_vs_previous_level_{kind}"]) for kind in KINDS]
