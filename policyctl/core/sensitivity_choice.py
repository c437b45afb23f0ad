"""What each sensitivity would cost, and the strictest one whose false positives are tolerated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC

from policyctl.core.decision_table import Cell, Row, table_of
from policyctl.core.false_positives import alpha, planned, shown
from policyctl.core.frozen import fresh, frozen
from policyctl.core.levels import Sensitivity
from policyctl.core.policy import Gate, Inference, Policy
from policyctl.core.record import Label, Record, Status
from policyctl.core.recorded_traffic import Seen
from policyctl.core.replaying import TrafficCount
from policyctl.core.sides import Direction
from policyctl.core.statistics import anytime_upper, clopper_pearson_upper


@frozen
class LevelCount:
    """The detections of one level under one guardrail in one application, exceptions left out.

    Attributes:
        level: 1 to 4.
        reviewed: those that carry a label.
        false_positives: those of the reviewed that are false positives, unsure ones included.
    """

    guardrail: str
    direction: Direction
    app: str
    level: int
    detections: int
    reviewed: int
    false_positives: int


@frozen
class LevelCounts:
    """What an engine counts of a policy's detections, level by level."""

    counts: tuple[LevelCount, ...]
    seen: Mapping[Cell, Seen] = fresh(default_factory=dict)


@frozen
class Choice:
    """What one sensitivity would mean.

    Attributes:
        detections: what it flags in the records, exceptions left out.
        bound: upper bound on the share of false positives among them.
        tolerated: whether the reviews show a share that the gate tolerates.
        missing: reviews that would show it if none of them is a false positive; None if it is
            shown, or no number can show it.
        recorded: whether detections of its level were recorded at all.
    """

    sensitivity: Sensitivity
    detections: int
    reviewed: int
    false_positives: int
    bound: float
    tolerated: bool
    missing: int | None
    recorded: bool


@frozen
class Choices:
    """All sensitivities of one guardrail in one application.

    Attributes:
        present: its sensitivity in the policy.
        suggested: the strictest one that is recorded and tolerated, or None.
    """

    guardrail: str
    direction: Direction
    app: str
    present: Sensitivity
    evaluations: int
    choices: tuple[Choice, ...]

    @property
    def suggested(self) -> Sensitivity | None:
        """The strictest sensitivity whose false positives the reviews show to be tolerated."""
        fitting = (item.sensitivity for item in self.choices if item.tolerated and item.recorded)
        return max(fitting, default=None)


def choices_of(policy: Policy, gate: Gate, counted: LevelCounts) -> tuple[Choices, ...]:
    """The sensitivities of every guardrail in every application that was recorded.

    Args:
        policy: the policy; its stage and limited scope do not matter here.
        gate: how many false positives are tolerated, and how sure one must be.
        counted: the detections.
    """
    table = table_of(policy, policy.apps)
    strata: dict[tuple[str, Direction, str], _Stratum] = {}
    for cell, item in counted.seen.items():
        row = table.row(cell)
        if row is not None and item.evaluations:
            key = (row.guardrail, cell.direction, cell.app)
            strata.setdefault(key, _Stratum(row)).add(item)
    for count in counted.counts:
        stratum = strata[count.guardrail, count.direction, count.app]
        stratum.levels[count.level].update(
            detections=count.detections,
            reviewed=count.reviewed,
            false_positives=count.false_positives,
        )
    order = sorted(strata, key=lambda key: (key[0], key[1].value, key[2]))
    return tuple(
        Choices(
            guardrail=guardrail,
            direction=direction,
            app=app,
            present=strata[guardrail, direction, app].row.sensitivity,
            evaluations=strata[guardrail, direction, app].evaluations,
            choices=tuple(strata[guardrail, direction, app].choices(gate)),
        )
        for guardrail, direction, app in order
    )


@dataclass(slots=True)
class _Stratum:
    row: Row
    evaluations: int = 0
    deepest: int = 0
    levels: dict[int, Counter[str]] = field(
        default_factory=lambda: {int(level): Counter() for level in Sensitivity}
    )

    def add(self, seen: Seen) -> None:
        self.evaluations += seen.evaluations
        self.deepest = max(self.deepest, seen.deepest)

    def choices(self, gate: Gate) -> Iterable[Choice]:
        total: Counter[str] = Counter()
        for sensitivity in Sensitivity:
            total.update(self.levels[int(sensitivity)])
            x, n = total["false_positives"], total["reviewed"]
            tolerated = shown(x, n, gate)
            provable = gate.false_positives > 0 and not tolerated
            upper = anytime_upper if gate.inference is Inference.ANYTIME else clopper_pearson_upper
            yield Choice(
                sensitivity=sensitivity,
                detections=total["detections"],
                reviewed=n,
                false_positives=x,
                bound=upper(x, n, alpha(gate)),
                tolerated=tolerated,
                missing=max(0, planned(x, gate) - n) if provable else None,
                recorded=self.deepest >= sensitivity,
            )


def level_counts(records: Iterable[Record], policy: Policy) -> LevelCounts:
    """Count a policy's detections level by level, record by record.

    Args:
        records: in any order.
        policy: the policy; its own sensitivities do not matter.
    """
    table = table_of(policy, policy.apps)
    traffic = TrafficCount()
    strata: dict[tuple[str, Direction, str, int], Counter[str]] = {}
    for record in records:
        cell = traffic.add(record)
        row = table.row(cell)
        if row is None or record.level is None or record.status is not Status.OK:
            continue
        level = int(record.level)
        day = record.time.astimezone(UTC).date()
        if level > max(Sensitivity) or row.excepts(day, record.key):
            continue
        count = strata.setdefault((row.guardrail, cell.direction, cell.app, level), Counter())
        count["detections"] += 1
        count["reviewed"] += record.label is not None
        count["false_positives"] += record.label in (Label.FALSE_POSITIVE, Label.UNSURE)
    order = sorted(strata, key=lambda key: (key[0], key[1].value, key[2], key[3]))
    return LevelCounts(
        counts=tuple(
            LevelCount(
                guardrail=key[0],
                direction=key[1],
                app=key[2],
                level=key[3],
                detections=strata[key]["detections"],
                reviewed=strata[key]["reviewed"],
                false_positives=strata[key]["false_positives"],
            )
            for key in order
        ),
        seen=traffic.seen,
    )
