"""Counts generated records once, in one of the ways that are compared; run by ``replay.py``.

python benchmarks/counting.py scan|loop|count FILE…
"""

from __future__ import annotations

import gc
import json
import sys
from collections import Counter
from fractions import Fraction

from policyctl.adapters.analytics.opening import open_analysis
from policyctl.core.levels import Sensitivity
from policyctl.core.policy import Guardrail, Limited, Policy
from policyctl.core.sides import Action, Direction
from policyctl.core.stages import Stage

DETECTORS = 12
_COLUMNS = (
    *("ts", "app", "cohort", "direction", "detector", "detector_version", "level", "status"),
    *("request_id", "key", "session_id", "label"),
)


def policy(sensitivity: Sensitivity, share: Fraction) -> Policy:
    """A policy over all detectors, limited to a share of the keys."""
    return Policy(
        id="benchmark",
        name="Benchmark",
        purpose="Counts.",
        use_case="internal-facing",
        data_sensitivity="internal",
        owner="team",
        stage=Stage.LIMITED,
        sensitivity=sensitivity,
        guardrails=tuple(
            Guardrail(
                detector=f"custom/d{number}",
                direction=Direction.INPUT,
                action=Action.BLOCK,
                sensitivity=sensitivity,
            )
            for number in range(DETECTORS)
        ),
        limited=Limited(share=share, salt="policyctl/v1:benchmark"),
    )


OLD = policy(Sensitivity.L2, Fraction(10, 100))
NEW = policy(Sensitivity.L3, Fraction(25, 100))


def count(files: list[str]) -> None:
    """Evidence and replay, as ``policyctl evidence`` and ``policyctl replay`` count them."""
    gc.set_threshold(100_000)  # as the command line does
    analysis = open_analysis(files)
    measured = analysis.measure(OLD, NEW)
    replay = analysis.replay(OLD, NEW)
    analysis.manifest()
    tally, days = measured.tally, len(measured.daily.days)
    print(tally.records, tally.requests, days, replay.newly_blocked, len(replay.changed))


def scan(files: list[str]) -> None:
    """DuckDB's bare scan of the columns that are read: the largest value of each.

    The filter keeps everything; without it DuckDB would answer out of the files' statistics.
    """
    import duckdb

    largest = ", ".join(f"max({name})" for name in _COLUMNS)
    connection = duckdb.connect(config={"memory_limit": "256MB"})
    query = f"SELECT {largest} FROM read_parquet(?) WHERE request_id <> ''"  # noqa: S608
    print(connection.execute(query, [files]).fetchall())


def loop(files: list[str]) -> None:
    """What somebody would write: a loop over JSON lines that compares levels and counts."""
    counts: Counter[tuple[str, str, str]] = Counter()
    levels = {"l1_confident": 1, "l2_very_likely": 2, "l3_likely": 3, "l4_less_likely": 4}
    for name in files:
        with open(name, encoding="utf-8") as lines:  # noqa: PTH123
            for line in lines:
                record = json.loads(line)
                level = levels.get(record["level"], 9)
                counts[record["app"], record["detector"], "all"] += 1
                if level <= NEW.sensitivity and level > OLD.sensitivity:
                    counts[record["app"], record["detector"], "newly"] += 1
    print(sum(counts.values()))


if __name__ == "__main__":
    {"scan": scan, "loop": loop, "count": count}[sys.argv[1]](sys.argv[2:])
