"""Counts generated records once, in one of the ways that are compared; run by ``replay.py``.

python benchmarks/counting.py scan|loop|count FILE…
"""

from __future__ import annotations

import gc
import json
import sys
from collections import Counter
from fractions import Fraction
from hashlib import sha256

from policyctl.adapters.analytics.opening import open_analysis
from policyctl.core.bucket import cut
from policyctl.core.levels import Level, Sensitivity
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
    """The same figures as somebody would count them in an afternoon, line by line.

    One policy for all applications, no exceptions, no cohorts: less than `count` has to heed.
    """
    traffic: Counter[tuple[str, ...]] = Counter()
    requests: dict[tuple[str, str], set[str]] = {}
    changes: Counter[tuple[str, ...]] = Counter()
    examples: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    sessions: dict[tuple[str, ...], dict[str, str]] = {}
    known = {level.label: int(level) for level in Level}
    cuts = [cut(policy.limited.share) for policy in (OLD, NEW) if policy.limited]
    salt = NEW.limited.salt if NEW.limited else ""
    for name in files:
        with open(name, encoding="utf-8") as lines:  # noqa: PTH123
            for line in lines:
                record = json.loads(line)
                day, app, detector = record["ts"][:10], record["app"], record["detector"]
                level, request = record["level"], record["request_id"]
                traffic[day, app, detector, record["detector_version"], level] += 1
                requests.setdefault((day, app), set()).add(request)
                number = known.get(level, 9)
                if number > NEW.sensitivity:
                    continue
                key = record["key"] or record["session_id"] or request
                place = sha256(f"{salt}:{key}".encode()).hexdigest()[:8]
                old = ("allow", "log", "block")[
                    (number <= OLD.sensitivity) * (1 + (place < cuts[0]))
                ]
                new = "block" if place < cuts[1] else "log"
                if old == new:
                    continue
                change = (app, detector, old, new)
                changes[(*change, day, record["label"] or "")] += 1
                seen = sessions.setdefault(change, {})
                session = record["session_id"] or key
                seen[session] = min(day, seen.get(session, day))
                rank = sha256(f"policyctl/v1:examples:{request}:{detector}".encode()).hexdigest()
                examples.setdefault(change, []).append((rank, request))
    shown = {change: sorted(found)[:20] for change, found in examples.items()}
    firsts = {change: Counter(days.values()) for change, days in sessions.items()}
    newly = sum(n for change, n in changes.items() if change[2] != "block" and change[3] == "block")
    days = len({cell[:3] for cell in traffic})
    print(sum(traffic.values()), sum(map(len, requests.values())), days, newly, len(firsts))
    assert shown.keys() == firsts.keys()


if __name__ == "__main__":
    {"scan": scan, "loop": loop, "count": count}[sys.argv[1]](sys.argv[2:])
