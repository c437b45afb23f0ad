"""A policy compiled to a small table, so that records can be decided in bulk.

Whatever a policy says, what it does with a detection hangs on the detection's level, key and day,
and on one row that is the same for all detections of a `Cell`. Bulk engines join the rows and make
the same few comparisons for each record; `decision.decide` stays the definition.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Container
from datetime import UTC, date, datetime
from typing import assert_never

from policyctl.core.bucket import bucket, cut
from policyctl.core.covering import covering, covers
from policyctl.core.decision import Detection, Verdict, in_scope
from policyctl.core.frozen import frozen, replace
from policyctl.core.levels import Level, Sensitivity
from policyctl.core.policy import Guardrail, Policy
from policyctl.core.sides import Action, Direction
from policyctl.core.stages import Stage

NOBODY = ""
"""The cut below which no bucket sorts."""

EVERYBODY = "h"
"""The cut below which every bucket sorts, that of a record without a key (`KEYLESS`) too."""

KEYLESS = "g"
"""The bucket of an empty key: behind every real one, so that no share ever takes it in."""


@frozen
class Cell:
    """What detections have in common for which a policy has one row."""

    app: str
    cohort: str
    direction: Direction
    detector: str

    @property
    def order(self) -> tuple[str, str, str, str]:
        """Where it stands among others."""
        return self.app, self.cohort, self.direction.value, self.detector


@frozen
class Row:
    """What a policy does with the detections of one cell.

    Attributes:
        guardrail: the guardrail that decides, by its detector.
        sensitivity: how far its dial is open.
        action: what happens to a detection where the guardrail acts.
        reached: whether the stage acts here at all, whatever share of the keys it takes in.
        cut: it acts on keys whose bucket sorts below this text; on the others it logs.
        until: the last day (UTC) on which an exception lets everything through, or None.
        keys: keys that an exception lets through for longer, with the last day of each.
    """

    guardrail: str
    sensitivity: Sensitivity
    action: Action
    reached: bool
    cut: str
    until: date | None = None
    keys: tuple[tuple[str, date], ...] = ()

    def verdict(self, level: Level | None, day: date, key: str, salt: str) -> Verdict:
        """The verdict on one detection of the cell."""
        if level is None or not self.sensitivity.flags(level):
            return Verdict.ALLOW
        if self.excepts(day, key):
            return Verdict.EXCEPTED
        return Verdict(self.action.value) if self._takes_in(key, salt) else Verdict.LOG

    def excepts(self, day: date, key: str) -> bool:
        """Whether an exception lets through what is flagged for a key on a day (UTC)."""
        if self.until is not None and day <= self.until:
            return True
        return any(day <= last for name, last in self.keys if name == key)

    def _takes_in(self, key: str, salt: str) -> bool:
        if self.cut in (NOBODY, EVERYBODY):
            return self.cut == EVERYBODY
        return (bucket(salt, key) if key else KEYLESS) < self.cut


class DecisionTable:
    """The rows of one policy, made as they are asked for.

    Without a policy there are no rows, and everything is allowed.
    """

    def __init__(self, policy: Policy | None, apps: Container[str] = ()) -> None:
        """Compile a policy.

        Args:
            policy: the policy, or None.
            apps: the only applications that it decides about; none for all, as `decide` has it.
        """
        self.salt = policy.limited.salt if policy and policy.limited else ""
        self._policy = policy
        self._apps = apps
        self._unshared = replace(policy.limited, share=None) if policy and policy.limited else None
        self._covering: dict[tuple[str, Direction], Guardrail | None] = {}
        share = policy.limited.share if policy and policy.limited else None
        self._cut = EVERYBODY if share is None else cut(share)
        self._rows: dict[Cell, Row | None] = {}

    def row(self, cell: Cell) -> Row | None:
        """What the policy does in a cell; None if no enabled guardrail covers it."""
        if cell not in self._rows:
            policy = self._policy
            apart = policy is None or (self._apps and cell.app not in self._apps)
            self._rows[cell] = None if apart or policy is None else self._compiled(policy, cell)
        return self._rows[cell]

    def verdict(self, detection: Detection) -> Verdict:
        """What `decision.decide` says, out of the table."""
        row = self.row(cell_of(detection))
        if row is None:
            return Verdict.ALLOW
        day = detection.time.astimezone(UTC).date()
        return row.verdict(detection.level, day, detection.key, self.salt)

    def _compiled(self, policy: Policy, cell: Cell) -> Row | None:
        side = cell.detector, cell.direction
        if side not in self._covering:
            self._covering[side] = covering(policy.guardrails, *side)
        guardrail = self._covering[side]
        if guardrail is None or not guardrail.enabled:
            return None
        until, keys = _exceptions(policy, cell)
        reached = self._reached(policy, cell)
        within = self._cut if policy.stage is Stage.LIMITED else EVERYBODY
        return Row(
            guardrail=guardrail.detector,
            sensitivity=guardrail.sensitivity,
            action=guardrail.action,
            reached=reached,
            cut=within if reached else NOBODY,
            until=until,
            keys=keys,
        )

    def _reached(self, policy: Policy, cell: Cell) -> bool:
        match policy.stage:
            case Stage.LOGGING:
                return False
            case Stage.LIMITED:
                return in_scope(self._unshared, _representative(cell))
            case Stage.ENFORCE:
                return True
            case _:
                assert_never(policy.stage)


def tables_of(old: Policy | None, new: Policy | None) -> tuple[DecisionTable, DecisionTable]:
    """Both policies compiled, each for the applications that it applies to."""
    return table_of(old, old.apps if old else ()), table_of(new, new.apps if new else ())


def table_of(policy: Policy | None, apps: tuple[str, ...] = ()) -> DecisionTable:
    """A policy compiled; the same table again for the same policy, shortly after.

    Args:
        policy: the policy, or None.
        apps: the only applications that it decides about; none for all.
    """
    for known, named, table in tuple(_RECENT):
        if known is policy and named == apps:
            return table
    made = DecisionTable(policy, apps)
    _RECENT.append((policy, apps, made))
    return made


_RECENT: deque[tuple[Policy | None, tuple[str, ...], DecisionTable]] = deque(maxlen=8)
"""An answer asks the same two or three tables from several sides."""


def cell_of(detection: Detection) -> Cell:
    """The cell of a detection."""
    return Cell(
        app=detection.app,
        cohort=detection.cohort,
        direction=detection.direction,
        detector=detection.detector,
    )


def _representative(cell: Cell) -> Detection:
    """Some detection of the cell: a scope without a share looks neither at its key nor its time."""
    return Detection(
        detector=cell.detector,
        direction=cell.direction,
        level=None,
        app=cell.app,
        cohort=cell.cohort,
        time=_ANY_TIME,
    )


_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


def _exceptions(policy: Policy, cell: Cell) -> tuple[date | None, tuple[tuple[str, date], ...]]:
    """The last day of exceptions for every key of a cell, and later last days of some keys."""
    until: date | None = None
    keys: dict[str, date] = {}
    for item in policy.exceptions:
        if item.expires is None or not (
            covers(item.guardrail, cell.detector)
            and (not item.apps or cell.app in item.apps)
            and (not item.cohorts or cell.cohort in item.cohorts)
            and item.direction in (None, cell.direction)
        ):
            continue
        if not item.keys:
            until = item.expires if until is None else max(until, item.expires)
        for key in item.keys:
            keys[key] = max(item.expires, keys.get(key, item.expires))
    later = ((key, last) for key, last in keys.items() if until is None or last > until)
    return until, tuple(sorted(later))
