"""Queries for what a gate asks day by day, and for the detections that people review."""

from __future__ import annotations

from collections.abc import Iterable

from policyctl.adapters.analytics.changes_sql import acts
from policyctl.adapters.analytics.dialect import Dialect
from policyctl.adapters.analytics.rules_sql import CELL, COVERED, number_of
from policyctl.core.daily import KINDS
from policyctl.core.decision import Verdict
from policyctl.core.review_sample import SALT

_CELL = " AND ".join(f"t.{name} = r.{name}" for name in CELL)
_ALLOW, _EXCEPTED = number_of(Verdict.ALLOW), number_of(Verdict.EXCEPTED)
_FLAGGED = f"{COVERED} AND new <> {_ALLOW}"
_NEWLY = f"{_FLAGGED} AND {acts('new')} AND NOT {acts('old')}"
_DECISIONS = ("excepted", "newly", "already", "blocked", "passed")


def days(decided: str) -> str:
    """For each stratum and day: the fields of `core.daily.DayCount`, in their order."""
    answered, reached = "t.status = 'ok'", "t.status = 'ok' AND r.new_reached = 1"
    flagged = "t.level <= r.new_sensitivity"
    counts = [
        answered,
        "t.status <> 'ok'",
        f"{answered} AND {flagged}",
        reached,
        f"{reached} AND {flagged}",
        *(f"{reached} AND t.level = {level}" for level in range(1, KINDS)),
        f"{reached} AND t.level IS NULL",
    ]
    sums = ", ".join(
        f"CAST(sum(CASE WHEN {count} THEN t.records ELSE 0 END) AS BIGINT) AS count{number}"
        for number, count in enumerate(counts)
    )
    names = ", ".join(f"coalesce(d.{name}, 0)" for name in _DECISIONS)
    return f"""
WITH traffic AS (
  SELECT r.new_stratum, t.day, {sums}
  FROM totals t JOIN rules r ON {_CELL} WHERE r.{COVERED} GROUP BY r.new_stratum, t.day
), decisions AS ({_decisions(decided)})
SELECT t.*, {names}
FROM traffic t LEFT JOIN decisions d ON t.new_stratum = d.new_stratum AND t.day = d.day
"""


def _decisions(decided: str) -> str:
    """For each stratum and day: excepted, newly and already blocked, and what the engine did."""
    new, old = acts("new"), acts("old")
    conditions = (
        f"new = {_EXCEPTED}",
        f"{new} AND NOT {old}",
        old,
        f"{old} AND blocked",
        f"{old} AND NOT blocked",
    )
    counts = ", ".join(
        f"count(CASE WHEN {condition} THEN 1 END) AS {name}"
        for name, condition in zip(_DECISIONS, conditions, strict=True)
    )
    return (
        f"SELECT new_stratum, day, {counts} FROM ({decided}) d"
        f" WHERE {_FLAGGED} GROUP BY new_stratum, day"
    )


def excepted(decided: str, keys: Iterable[str], dialect: Dialect) -> str:
    """For each cell, day and key that exceptions name: detections that one lets through.

    All other keys are counted together, under the empty one.
    """
    names = ", ".join(dialect.quoted(key) for key in keys)
    key = f"CASE WHEN key IN ({names}) THEN key ELSE '' END" if names else "''"
    return f"""
SELECT cell, day, named, count(*) FROM (
  SELECT cell, day, {key} AS named FROM ({decided}) d WHERE new = {_EXCEPTED}
) e GROUP BY cell, day, named
"""


def drawn(decided: str, size: int, dialect: Dialect) -> str:
    """For each stratum: what the change newly blocks, in the order in which it is reviewed.

    One detection of each cluster, the lowest ranks first, as `core.review_sample.Draw` has it.
    """
    rank = dialect.digest_of(SALT, "request_id", "detector")
    return f"""
SELECT new_stratum, place, request_id, detector, micros FROM (
  SELECT *, row_number() OVER (PARTITION BY new_stratum ORDER BY digest) AS place FROM (
    SELECT *, row_number() OVER (PARTITION BY new_stratum, cluster ORDER BY digest) AS turn
    FROM (
      SELECT new_stratum, request_id, detector, micros, cluster, {rank} AS digest
      FROM ({decided}) d WHERE {_NEWLY}
    ) ranked
  ) first WHERE turn = 1
) numbered WHERE place <= {size} ORDER BY new_stratum, place
"""


def clusters(decided: str) -> str:
    """For each stratum: what the change newly blocks, and the independent cases among them."""
    return (
        f"SELECT new_stratum, count(*), count(DISTINCT cluster) FROM ({decided}) d"
        f" WHERE {_NEWLY} GROUP BY new_stratum"
    )
