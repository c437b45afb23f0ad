"""Queries over decided hits: what changed, where, on which days, and some of the records."""

from __future__ import annotations

from collections.abc import Sequence

from policyctl.adapters.analytics.dialect import Dialect
from policyctl.adapters.analytics.rules_sql import COVERED, VERDICTS, number_of
from policyctl.core.decision import Verdict
from policyctl.core.record import Label
from policyctl.core.replay import EXAMPLES, EXAMPLES_SALT, Kind, Place
from policyctl.core.sides import Direction

_KINDS = tuple(Kind)


def changed(decided: str) -> str:
    """The decisions that changed, which summary, sessions and examples ask about.

    The place of each is one number, which `place_at` takes apart again; so is the kind.
    """
    allow = number_of(Verdict.ALLOW)
    stratum = f"CASE WHEN new = {allow} THEN old_stratum ELSE new_stratum END"
    count = len(VERDICTS)
    return (
        f"SELECT (({stratum}) * {count} + old) * {count} + new AS place, {_kind()} AS kind,"
        " day, session, label, request_id, detector"
        f" FROM ({decided}) d WHERE old <> new"
    )


def place_at(number: int, strata: Sequence[tuple[str, Direction, str]]) -> Place:
    """The place that `changed` numbers so.

    Args:
        number: of the place.
        strata: guardrail, direction and application of each stratum, as `Rules` has them.
    """
    rest, new = divmod(number, len(VERDICTS))
    stratum, old = divmod(rest, len(VERDICTS))
    guardrail, direction, app = strata[stratum]
    return Place(
        guardrail=guardrail,
        direction=direction,
        app=app,
        old=VERDICTS[old],
        new=VERDICTS[new],
    )


def kind_at(number: int) -> Kind:
    """The kind that `changed` numbers so."""
    return _KINDS[number]


def summary(changed: str, dialect: Dialect) -> str:
    """For each place and day: decisions, first hits, true and false positives, unsure ones."""
    true, false, unsure = (
        _labelled(dialect, *labels)
        for labels in (
            (Label.TRUE_POSITIVE,),
            (Label.FALSE_POSITIVE, Label.UNSURE),
            (Label.UNSURE,),
        )
    )
    return f"""
WITH events AS (
  SELECT place, day, count(*) AS decisions,
    {true} AS true_positives, {false} AS false_positives, {unsure} AS unsure
  FROM ({changed}) c GROUP BY place, day
), sessions AS (
  SELECT place, session, min(day) AS day FROM ({changed}) c GROUP BY place, session
), firsts AS (
  SELECT place, day, count(*) AS first_hits FROM sessions GROUP BY place, day
)
SELECT e.place, e.day, e.decisions, coalesce(f.first_hits, 0) AS first_hits,
  e.true_positives, e.false_positives, e.unsure
FROM events e LEFT JOIN firsts f ON e.place = f.place AND e.day = f.day
ORDER BY e.place, e.day
"""


def sessions(changed: str) -> str:
    """For each kind of change: the sessions that it concerns."""
    return f"SELECT kind, count(DISTINCT session) AS sessions FROM ({changed}) c GROUP BY kind"


def examples(changed: str, dialect: Dialect) -> str:
    """For each place: the records by which it can be looked at, in their order."""
    order = dialect.digest_of(EXAMPLES_SALT, "request_id", "detector")
    return f"""
SELECT place, request_id, detector FROM (
  SELECT place, request_id, detector, row_number() OVER (
    PARTITION BY place ORDER BY digest) AS turn
  FROM (SELECT place, request_id, detector, {order} AS digest FROM ({changed}) c) d
) numbered WHERE turn <= {EXAMPLES} ORDER BY place, turn
"""


def tallied(decided: str, dialect: Dialect) -> str:
    """For each stratum: excepted, newly blocked, reviewed, false positives, unsure."""
    newly = f"{acts('new')} AND NOT {acts('old')}"
    excepted = number_of(Verdict.EXCEPTED)
    false = _labels(dialect, Label.FALSE_POSITIVE, Label.UNSURE)
    unsure = _labels(dialect, Label.UNSURE)
    return f"""
SELECT new_stratum,
  count(CASE WHEN new = {excepted} THEN 1 END),
  count(CASE WHEN {newly} THEN 1 END),
  count(CASE WHEN {newly} AND label IS NOT NULL THEN 1 END),
  count(CASE WHEN {newly} AND {false} THEN 1 END),
  count(CASE WHEN {newly} AND {unsure} THEN 1 END)
FROM ({decided}) d WHERE {COVERED} GROUP BY new_stratum
"""


def by_level(decided: str, dialect: Dialect) -> str:
    """For each stratum and level: detections without exception, reviewed, false positives."""
    false = _labels(dialect, Label.FALSE_POSITIVE, Label.UNSURE)
    excepted = number_of(Verdict.EXCEPTED)
    return f"""
SELECT new_stratum, level, count(*),
  count(CASE WHEN label IS NOT NULL THEN 1 END), count(CASE WHEN {false} THEN 1 END)
FROM ({decided}) d WHERE new <> {excepted} AND {COVERED}
GROUP BY new_stratum, level
"""


def _labelled(dialect: Dialect, *labels: Label) -> str:
    return f"count(CASE WHEN {_labels(dialect, *labels)} THEN 1 END)"


def _labels(dialect: Dialect, *labels: Label) -> str:
    return f"label IN ({', '.join(dialect.quoted(label.value) for label in labels)})"


def acts(side: str) -> str:
    """Whether the verdict of a side, ``old`` or ``new``, stops something."""
    acting = ", ".join(str(number_of(verdict)) for verdict in Verdict if verdict.acts)
    return f"({side} IN ({acting}))"


def _kind() -> str:
    stops, stopped = acts("new"), acts("old")
    names = {kind: number for number, kind in enumerate(_KINDS)}
    return (
        f"CASE WHEN {stops} AND {stopped} THEN {names[Kind.BLOCKED_OTHERWISE]}"
        f" WHEN {stops} THEN {names[Kind.NEWLY_BLOCKED]}"
        f" WHEN {stopped} THEN {names[Kind.NO_LONGER_BLOCKED]}"
        f" ELSE {names[Kind.OBSERVED_OTHERWISE]} END"
    )
