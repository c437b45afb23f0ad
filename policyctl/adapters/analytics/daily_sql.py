"""Queries for what a gate asks day by day, and for the detections that people review."""

from __future__ import annotations

from collections.abc import Iterable

from policyctl.adapters.analytics.changes_sql import acts
from policyctl.adapters.analytics.dialect import Dialect
from policyctl.adapters.analytics.rules_sql import CELL
from policyctl.core.decision import Verdict
from policyctl.core.review_sample import SALT

_CELL = ", ".join(CELL)
_STRATUM = "new_guardrail, direction, app"

TRAFFIC = f"""
SELECT {_CELL}, day, level, status, sum(records) FROM totals GROUP BY {_CELL}, day, level, status
"""
"""For each cell, day, level and status: records."""


def decisions(decided: str, dialect: Dialect) -> str:
    """For each stratum and day: excepted, newly and already blocked, and what the engine did."""
    new, old = acts("new", dialect), acts("old", dialect)
    excepted = dialect.quoted(Verdict.EXCEPTED.value)
    return f"""
SELECT {_STRATUM}, day,
  count(CASE WHEN new = {excepted} THEN 1 END),
  count(CASE WHEN {new} AND NOT {old} THEN 1 END),
  count(CASE WHEN {old} THEN 1 END),
  count(CASE WHEN {old} AND blocked THEN 1 END),
  count(CASE WHEN {old} AND NOT blocked THEN 1 END)
FROM ({decided}) d WHERE {_flagged(dialect)} GROUP BY {_STRATUM}, day
"""


def excepted(decided: str, keys: Iterable[str], dialect: Dialect) -> str:
    """For each cell, day and key that exceptions name: detections that one lets through.

    All other keys are counted together, under the empty one.
    """
    names = ", ".join(dialect.quoted(key) for key in keys)
    key = f"CASE WHEN key IN ({names}) THEN key ELSE '' END" if names else "''"
    verdict = dialect.quoted(Verdict.EXCEPTED.value)
    return f"""
SELECT {_CELL}, day, named, count(*) FROM (
  SELECT {_CELL}, day, {key} AS named FROM ({decided}) d WHERE new = {verdict}
) e GROUP BY {_CELL}, day, named
"""


def drawn(decided: str, size: int, dialect: Dialect) -> str:
    """For each stratum: what the change newly blocks, in the order in which it is reviewed.

    One detection of each cluster, the lowest ranks first, as `core.review_sample.Draw` has it.
    """
    rank = dialect.digest_of(SALT, "request_id", "detector")
    return f"""
SELECT {_STRATUM}, place, request_id, detector, micros FROM (
  SELECT *, row_number() OVER (PARTITION BY {_STRATUM} ORDER BY digest, direction) AS place FROM (
    SELECT *, row_number() OVER (
      PARTITION BY {_STRATUM}, cluster ORDER BY digest, direction) AS turn
    FROM (
      SELECT {_STRATUM}, request_id, detector, micros, cluster, {rank} AS digest
      FROM ({decided}) d WHERE {_newly(dialect)}
    ) ranked
  ) first WHERE turn = 1
) numbered WHERE place <= {size} ORDER BY {_STRATUM}, place
"""


def clusters(decided: str, dialect: Dialect) -> str:
    """For each stratum: what the change newly blocks, and the independent cases among them."""
    return (
        f"SELECT {_STRATUM}, count(*), count(DISTINCT cluster) FROM ({decided}) d"
        f" WHERE {_newly(dialect)} GROUP BY {_STRATUM}"
    )


def _newly(dialect: Dialect) -> str:
    return f"{_flagged(dialect)} AND {acts('new', dialect)} AND NOT {acts('old', dialect)}"


def _flagged(dialect: Dialect) -> str:
    return f"new_guardrail <> '' AND new <> {dialect.quoted(Verdict.ALLOW.value)}"
