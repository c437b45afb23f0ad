"""Queries over counts of records: what was seen, whatever a policy makes of it.

They read ``totals``: ``day, app, cohort, direction, detector, detector_version, level, status,
records, first_us, last_us``.
"""

from __future__ import annotations

from policyctl.adapters.analytics.dialect import Dialect
from policyctl.adapters.analytics.rules_sql import CELL, COVERED

_CELL = ", ".join(CELL)


def totals(dialect: Dialect) -> str:
    """The counts of plain ``records``."""
    first, last = dialect.micros("min(ts)"), dialect.micros("max(ts)")
    return (
        f"SELECT {dialect.day('ts')} AS day, {_CELL}, detector_version, level, status,"
        f" count(*) AS records, {first} AS first_us, {last} AS last_us"
        f" FROM records GROUP BY {dialect.day('ts')}, {_CELL}, detector_version, level, status"
    )


CELLS = f"""
SELECT {_CELL}, detector_version, level, status, sum(records) AS records,
  min(first_us) AS first_us, max(last_us) AS last_us
FROM totals GROUP BY {_CELL}, detector_version, level, status
"""
"""The counts without their days; what asks for no day reads them as ``cells``."""

SEEN = f"""
SELECT {_CELL},
  sum(CASE WHEN status = 'ok' THEN records ELSE 0 END),
  sum(CASE WHEN status = 'ok' THEN 0 ELSE records END),
  max(CASE WHEN status = 'ok' THEN level END),
  min(CASE WHEN status = 'ok' THEN first_us END),
  max(CASE WHEN status = 'ok' THEN last_us END)
FROM cells GROUP BY {_CELL}
"""
"""For each cell: answers, errors, the deepest level, the times of the first and last answer."""

LEVELS = f"""
SELECT {_CELL}, level, sum(records) FROM cells
WHERE status = 'ok' AND level IS NOT NULL GROUP BY {_CELL}, level
"""
"""For each cell and level: detections."""

VERSIONS = f"SELECT DISTINCT {_CELL}, detector_version FROM cells WHERE status = 'ok'"
"""For each cell: the versions of its detector."""

DAYS = f"""
SELECT DISTINCT t.day FROM totals t
JOIN rules r ON {" AND ".join(f"t.{name} = r.{name}" for name in CELL)}
WHERE t.status = 'ok' AND r.{COVERED}
"""
"""The days on which a detector answered that the new policy covers."""

VALUES = f"SELECT {_CELL}, detector_version, level, status FROM cells"
"""Everything by which records are told apart, to be checked."""

TIMELESS = "SELECT 1 FROM totals WHERE day IS NULL LIMIT 1"
"""A row if some record does not say when it was."""

NAMELESS = "SELECT 1 FROM named WHERE request_id IS NULL OR request_id = '' LIMIT 1"
"""A row if some record does not say which request it belongs to; it reads ``named``, which has the
request of each plain record and of each prepared hit."""
