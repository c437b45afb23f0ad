"""What detection records are asked about a change, before anybody has counted them."""

from __future__ import annotations

from enum import Enum

from policyctl.core.decision_table import DecisionTable, table_of, tables_of
from policyctl.core.frozen import frozen
from policyctl.core.policy import Policy


class Purpose(Enum):
    """What the answer is for."""

    EVIDENCE = "evidence"
    REPLAY = "replay"


@frozen
class Question:
    """Two policies between which recorded decisions differ.

    Attributes:
        old: the policy before; None for none.
        new: the policy after.
        size: detections of each stratum to draw for review; 0 draws none.
        repeats: whether messages seen again are counted.
    """

    purpose: Purpose
    old: Policy | None
    new: Policy | None
    size: int = 0
    repeats: bool = False

    def tables(self) -> tuple[DecisionTable, DecisionTable]:
        """Both policies compiled, as `tally` and `replaying.replay` each look at them."""
        if self.purpose is Purpose.REPLAY or self.new is None:
            return tables_of(self.old, self.new)
        return table_of(self.old), table_of(self.new, self.new.apps)
