"""Records counted one by one, by the definitions themselves."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.evidence import RecordSource
from policyctl.core.measuring import Measured, measure
from policyctl.core.policy import Policy
from policyctl.core.record import Record
from policyctl.core.replay import Replay
from policyctl.core.replaying import replay
from policyctl.core.sensitivity_choice import LevelCounts, level_counts
from policyctl.core.tally import Tally, tally
from policyctl.usecases.ports import RecordFiles


class PlainAnalysis:
    """Reads the records once for each question; satisfies `ports.Analysis`."""

    engine = "python"

    def __init__(self, records: RecordFiles) -> None:
        self._records = records

    def __iter__(self) -> Iterator[Record]:
        return iter(self._records)

    def manifest(self) -> tuple[RecordSource, ...]:
        """What was read; complete once a question was answered."""
        return self._records.manifest()

    def tally(self, old: Policy, new: Policy) -> Tally:
        """The counts that a gate is judged on."""
        return tally(self._records, old, new)

    def measure(
        self,
        old: Policy,
        new: Policy,
        *,
        size: int = 0,
        repeats: bool = False,
        scores: bool = False,
    ) -> Measured:
        """Everything that a gate is judged on, in one pass."""
        return measure(self._records, old, new, size=size, repeats=repeats, scores=scores)

    def replay(self, old: Policy | None, new: Policy | None) -> Replay:
        """The records decided under two policies."""
        return replay(self._records, old, new)

    def level_counts(self, policy: Policy) -> LevelCounts:
        """The policy's detections, level by level."""
        return level_counts(self._records, policy)
