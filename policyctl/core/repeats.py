"""Whether a detector says the same of the same message: counted over copies, by fingerprint.

Only detections that some sensitivity acts on are kept whole where records are prepared, so these
are what is compared everywhere: how often a copy was not detected at all is not in the counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from policyctl.core.covering import covering
from policyctl.core.frozen import frozen
from policyctl.core.policy import Policy
from policyctl.core.prepared import is_hit
from policyctl.core.record import Record, Status
from policyctl.core.sides import Direction

Stratum = tuple[str, Direction, str]
"""Guardrail, direction, application."""


@frozen
class Repeats:
    """The messages that one guardrail met more than once in one application.

    Attributes:
        messages: fingerprints with two detections or more by one version of one detector.
        same: those of them that got the same level each time.
    """

    guardrail: str
    direction: Direction
    app: str
    messages: int
    same: int

    @property
    def stratum(self) -> Stratum:
        """Where they were met."""
        return self.guardrail, self.direction, self.app


class RepeatCount:
    """Counts copies while records pass by."""

    def __init__(self, new: Policy) -> None:
        """Prepare to count under the policy whose guardrails are judged."""
        self._new = new
        self._found: dict[tuple[Stratum, str, str, str], tuple[int, int, int]] = {}

    def passing(self, records: Iterable[Record]) -> Iterator[Record]:
        """The records, each counted before it goes on."""
        for record in records:
            self.add(record)
            yield record

    def add(self, record: Record) -> None:
        """Count one record."""
        level, apps = record.level, self._new.apps
        if not record.fingerprint or record.status is not Status.OK:
            return
        if level is None or not is_hit(level) or (apps and record.app not in apps):
            return
        guardrail = covering(self._new.guardrails, record.detector, record.direction)
        if guardrail is None or not guardrail.enabled:
            return
        stratum = (guardrail.detector, guardrail.direction, record.app)
        key = (stratum, record.detector, record.detector_version, record.fingerprint)
        count, least, most = self._found.get(key, (0, int(level), int(level)))
        self._found[key] = count + 1, min(least, int(level)), max(most, int(level))

    def result(self) -> tuple[Repeats, ...]:
        """The counts of what has passed by, sorted by guardrail, direction and application."""
        messages: Counter[Stratum] = Counter()
        same: Counter[Stratum] = Counter()
        for (stratum, *_), (count, least, most) in self._found.items():
            if count > 1:
                messages[stratum] += 1
                same[stratum] += least == most
        return in_order(
            Repeats(
                guardrail=stratum[0],
                direction=stratum[1],
                app=stratum[2],
                messages=count,
                same=same[stratum],
            )
            for stratum, count in messages.items()
        )


def in_order(found: Iterable[Repeats]) -> tuple[Repeats, ...]:
    """The counts, sorted by guardrail, direction and application."""
    return tuple(sorted(found, key=lambda item: (item.guardrail, item.direction.value, item.app)))
