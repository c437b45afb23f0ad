"""The tally of records that an engine has counted: equal to `tally.tally` of the records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from policyctl.core.decision_table import Cell, Row, table_of
from policyctl.core.frozen import frozen
from policyctl.core.policy import Policy
from policyctl.core.recorded_traffic import Seen
from policyctl.core.sides import Direction
from policyctl.core.tally import Stratum, Tally, missing_days, unevaluated

StratumKey = tuple[str, Direction, str]
"""Guardrail, direction, application."""


@frozen
class Flagged:
    """The decisions about one stratum's detections; the counts mean what `Stratum` says."""

    excepted: int = 0
    newly_blocked: int = 0
    reviewed: int = 0
    false_positives: int = 0
    unsure: int = 0


@frozen
class Counted:
    """What an engine counts for a tally.

    Attributes:
        seen: what was recorded in each cell.
        levels: detections by cell and level.
        versions: the versions of each cell's detector.
        days: days (UTC) on which a detector answered that the new policy covers.
        requests: distinct requests of the policy's applications.
        flagged: decisions by stratum.
    """

    seen: Mapping[Cell, Seen]
    levels: Mapping[tuple[Cell, int], int]
    versions: Mapping[Cell, Iterable[str]]
    days: Iterable[date]
    requests: int
    flagged: Mapping[StratumKey, Flagged]


def tally_of(new: Policy, counted: Counted) -> Tally:
    """The tally that the counts make.

    Args:
        new: the policy in the stage that is asked for.
        counted: what an engine counted.
    """
    table = table_of(new, new.apps)
    strata: dict[StratumKey, _Cells] = {}
    inside = 0
    firsts: list[datetime] = []
    lasts: list[datetime] = []
    for cell, seen in counted.seen.items():
        row = table.row(cell)
        if row is None:
            continue
        inside += seen.evaluations + seen.errors
        key = (row.guardrail, cell.direction, cell.app)
        versions = counted.versions.get(cell, ())
        strata.setdefault(key, _Cells()).add(cell, row, seen, counted.levels, versions)
        if row.reached and seen.first and seen.last:
            firsts.append(seen.first)
            lasts.append(seen.last)
    first, last = min(firsts, default=None), max(lasts, default=None)
    gaps, first_gap = missing_days(first, last, counted.days)
    records = sum(seen.evaluations + seen.errors for seen in counted.seen.values())
    order = sorted(strata, key=lambda key: (key[0], key[1].value, key[2]))
    return Tally(
        strata=tuple(
            strata[key].stratum(key, counted.flagged.get(key, Flagged())) for key in order
        ),
        records=records,
        outside=records - inside,
        requests=counted.requests,
        first=first,
        last=last,
        missing_days=gaps,
        first_missing_day=first_gap,
        unevaluated=unevaluated(
            new, {key for key, cells in strata.items() if cells.counts["scope_evaluations"]}
        ),
    )


@dataclass(slots=True)
class _Cells:
    counts: Counter[str] = field(default_factory=Counter)
    versions: dict[str, set[str]] = field(default_factory=dict)

    def add(
        self,
        cell: Cell,
        row: Row,
        seen: Seen,
        levels: Mapping[tuple[Cell, int], int],
        versions: Iterable[str],
    ) -> None:
        self.counts["evaluations"] += seen.evaluations
        self.counts["errors"] += seen.errors
        self.counts["scope_evaluations"] += seen.evaluations * row.reached
        self.counts["scope_errors"] += seen.errors * row.reached
        for level in range(1, row.sensitivity + 1):
            self.counts["flagged"] += levels.get((cell, level), 0)
        if seen.evaluations:
            self.versions.setdefault(cell.detector, set()).update(versions)

    def stratum(self, key: StratumKey, flagged: Flagged) -> Stratum:
        guardrail, direction, app = key
        return Stratum(
            guardrail=guardrail,
            direction=direction,
            app=app,
            evaluations=self.counts["evaluations"],
            errors=self.counts["errors"],
            scope_evaluations=self.counts["scope_evaluations"],
            scope_errors=self.counts["scope_errors"],
            flagged=self.counts["flagged"],
            excepted=flagged.excepted,
            newly_blocked=flagged.newly_blocked,
            reviewed=flagged.reviewed,
            false_positives=flagged.false_positives,
            unsure=flagged.unsure,
            versions=tuple(
                (name, tuple(sorted(self.versions[name]))) for name in sorted(self.versions)
            ),
        )
