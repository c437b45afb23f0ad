"""Decides about one detection in microseconds, as `core.decision.decide` does.

Whatever hangs on detector, direction, application and cohort alone is worked out once for each of
their combinations and kept; what is left is a look at the level, the day and the key.
"""

from __future__ import annotations

from datetime import UTC, datetime

from policyctl.core.bucket import bucket
from policyctl.core.compiled import Compiled
from policyctl.core.decision import Decision
from policyctl.core.decision_table import EVERYBODY, NOBODY
from policyctl.core.levels import Level
from policyctl.core.policy import Policy
from policyctl.core.sides import Direction
from policyctl.decide.cell import Cell, cell_of

MOST_CELLS = 4096
"""Combinations that are kept: applications and cohorts may be anything that a caller names."""

_NOTHING = len(Level) + 1
_RANKS: dict[Level | str | None, int] = {
    None: _NOTHING,
    "none": _NOTHING,
    **{level: int(level) for level in Level},
    **{level.label: int(level) for level in Level},
}

_Key = tuple[str, Direction | str, str, str]


class Decider:
    """Decides by one compiled policy; any number of threads may share it.

    Attributes:
        policy: what decides; everything else of it is empty.
        entry: number of the ledger's entry that was approved; 0 for a draft.
        digest: sha256 of the policy file's bytes, which records carry as ``policy_digest``.
    """

    def __init__(self, compiled: Compiled) -> None:
        self.policy: Policy = compiled.policy
        self.entry = compiled.entry
        self.digest = compiled.digest
        self._salt = self.policy.limited.salt if self.policy.limited else ""
        self._cells: dict[_Key, Cell] = {}

    def decide(
        self,
        detector: str,
        direction: Direction | str,
        level: Level | str | None,
        *,
        app: str = "",
        key: str = "",
        cohort: str = "",
        time: datetime | None = None,
    ) -> Decision:
        """What the policy does with one detection.

        A policy that names applications decides about those, and allows everything elsewhere.

        Args:
            detector: as policies call it, or a longer name below one of theirs.
            direction: the side of the model, ``input`` or ``output``.
            level: the confidence, such as ``l2_very_likely``; None or ``none`` for no detection.
            app: the application, by the name that policies use.
            key: what a limited share is sticky by, such as a user; empty if unknown.
            cohort: the named group of users, or empty.
            time: when, with a time zone; now by default.

        Raises:
            ValueError: there is no such direction or level, or the time has no time zone.
        """
        cell = self._cells.get((detector, direction, app, cohort))
        if cell is None:
            cell = self._kept(detector, direction, app, cohort)
        rank = _RANKS.get(level)
        if rank is None:
            raise ValueError(f"there is no level {level!r}")
        if time is not None and time.tzinfo is None:
            raise ValueError("the time of a detection needs a time zone")
        if rank > cell.reach:
            return cell.allowed
        if cell.excepted:
            day = (datetime.now(UTC) if time is None else time.astimezone(UTC)).date()
            for until, decision in cell.by_key.get(key, cell.by_anybody):
                if day <= until:
                    return decision
        if cell.cut == EVERYBODY:
            return cell.acting
        if cell.cut == NOBODY or not key or bucket(self._salt, key) >= cell.cut:
            return cell.logged
        return cell.acting

    def __repr__(self) -> str:
        return f"<Decider {self.policy.id}, entry {self.entry}, {self.policy.stage.value}>"

    def _kept(self, detector: str, direction: Direction | str, app: str, cohort: str) -> Cell:
        found = cell_of(self.policy, detector, Direction(direction), app, cohort)
        if len(self._cells) >= MOST_CELLS:
            self._cells = {}
        self._cells[detector, direction, app, cohort] = found
        return found
