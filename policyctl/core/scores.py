"""How detectors' own scores are distributed, where records carry them.

For the eye alone: no criterion rests on a score, because each detector means something else by it;
the level decides. Counted are the detections that some sensitivity acts on, which are kept whole
where records are prepared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from policyctl.core.covering import covering
from policyctl.core.frozen import frozen
from policyctl.core.policy import Policy
from policyctl.core.prepared import is_hit
from policyctl.core.record import Record, Status
from policyctl.core.sides import Direction

BINS = 20
"""Scores are counted in steps of a twentieth."""


@frozen
class ScoreCounts:
    """The scores of one guardrail's detections in one application.

    Attributes:
        counts: detections by score, in `BINS` steps from 0 to 1; the last step includes 1.
    """

    guardrail: str
    direction: Direction
    app: str
    counts: tuple[int, ...]

    @property
    def name(self) -> str:
        """The stratum for people."""
        return f"{self.guardrail} ({self.direction.value}) in {self.app}"


class ScoreCount:
    """Counts scores while records pass by."""

    def __init__(self, new: Policy) -> None:
        """Prepare to count under the policy whose guardrails are judged."""
        self._new = new
        self._counts: dict[tuple[str, Direction, str], list[int]] = {}

    def passing(self, records: Iterable[Record]) -> Iterator[Record]:
        """The records, each counted before it goes on."""
        for record in records:
            self.add(record)
            yield record

    def add(self, record: Record) -> None:
        """Count one record."""
        level, apps = record.level, self._new.apps
        if record.score is None or record.status is not Status.OK:
            return
        if level is None or not is_hit(level) or (apps and record.app not in apps):
            return
        guardrail = covering(self._new.guardrails, record.detector, record.direction)
        if guardrail is not None and guardrail.enabled:
            key = (guardrail.detector, guardrail.direction, record.app)
            place = min(int(record.score * BINS), BINS - 1)
            self._counts.setdefault(key, [0] * BINS)[place] += 1

    def result(self) -> tuple[ScoreCounts, ...]:
        """The counts of what has passed by, sorted by guardrail, direction and application."""
        return scores_in_order(
            ScoreCounts(guardrail=key[0], direction=key[1], app=key[2], counts=tuple(counts))
            for key, counts in self._counts.items()
        )


def scores_in_order(found: Iterable[ScoreCounts]) -> tuple[ScoreCounts, ...]:
    """The counts, sorted by guardrail, direction and application."""
    return tuple(sorted(found, key=lambda item: (item.guardrail, item.direction.value, item.app)))
