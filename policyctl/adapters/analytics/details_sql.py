"""Queries over what hits say besides: their detector's version, their fingerprint, their score.

They read ``details`` (one row a hit) and ``rules``. Nothing but these questions needs the columns,
so they are read from the files only when one is asked.
"""

from __future__ import annotations

from policyctl.adapters.analytics.rules_sql import CELL, COVERED
from policyctl.core.levels import Sensitivity
from policyctl.core.scores import BINS

_COLUMNS = "app, cohort, direction, detector, detector_version, level, fingerprint, score"
_ON = " AND ".join(f"d.{name} = r.{name}" for name in CELL)
_JOINED = f"details d JOIN rules r ON {_ON}"


def plain_details() -> str:
    """The detections among plain ``records`` that some sensitivity acts on."""
    most = int(max(Sensitivity))
    return f"SELECT {_COLUMNS} FROM records WHERE level <= {most} AND status = 'ok'"


def prepared_details(source: str) -> str:
    """The hits of prepared folders."""
    return f"SELECT {_COLUMNS} FROM {source}"


REPEATS = f"""
SELECT new_stratum, count(*), count(CASE WHEN least_level = most_level THEN 1 END) FROM (
  SELECT r.new_stratum, min(d.level) AS least_level, max(d.level) AS most_level
  FROM {_JOINED} WHERE r.{COVERED} AND d.fingerprint <> ''
  GROUP BY r.new_stratum, d.detector, d.detector_version, d.fingerprint HAVING count(*) > 1
) m GROUP BY new_stratum
"""
"""For each stratum: messages detected more than once by one version of a detector, and those of
them that got the same level each time; as `core.repeats.RepeatCount` has it."""

SCORES = f"""
SELECT new_stratum, place, count(*) FROM (
  SELECT r.new_stratum, least(CAST(floor(d.score * {BINS}) AS INT), {BINS - 1}) AS place
  FROM {_JOINED} WHERE r.{COVERED} AND d.score BETWEEN 0 AND 1
) m GROUP BY new_stratum, place
"""
"""For each stratum and step of the score: detections; as `core.scores.ScoreCount` has it."""
