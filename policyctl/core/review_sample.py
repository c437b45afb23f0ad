"""Which detections people review: drawn from what a change newly blocks, the same for everybody.

The draw is the bottom of a list that a hash of its own has put in order. So anybody with the
records draws the same sample, a larger one contains the smaller, and it has nothing to do with the
share of keys that a limited stage takes in. Copies of one message, or the messages of one
conversation, are no independent cases: each such cluster gives one detection.
"""

from __future__ import annotations

import hashlib
from bisect import insort
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from policyctl.core.covering import covering
from policyctl.core.decision import decide
from policyctl.core.frozen import frozen
from policyctl.core.planning import planned, planned_anytime
from policyctl.core.policy import Gate, Inference, Policy
from policyctl.core.record import Record, Status
from policyctl.core.sides import Direction

SALT = "review/v1"
"""What the order of reviews is salted with."""

_HOPED = 0.25
_POWER = 0.8
Cell = tuple[str, Direction, str]
"""Guardrail, direction and application: what is sampled and judged by itself."""


class Case(NamedTuple):
    """What a verdict is about."""

    request_id: str
    detector: str
    direction: Direction


@frozen
class Drawn:
    """One detection of a sample.

    Attributes:
        place: its place in the order of its stratum, from 1.
    """

    place: int
    case: Case
    time: datetime


@frozen
class StratumSample:
    """The sample of one guardrail in one application.

    Attributes:
        detections: all that the change newly blocks here.
        clusters: how many independent cases they make.
    """

    guardrail: str
    direction: Direction
    app: str
    detections: int
    clusters: int
    drawn: tuple[Drawn, ...]

    @property
    def cell(self) -> Cell:
        """What is sampled by itself."""
        return self.guardrail, self.direction, self.app

    @property
    def name(self) -> str:
        """The stratum for people."""
        return f"{self.guardrail} ({self.direction.value}) in {self.app}"


def review_rank(request_id: str, detector: str) -> str:
    """Where a detection stands in the order of reviews: 64 hex digits, the smallest first."""
    return hashlib.sha256(f"{SALT}:{request_id}:{detector}".encode()).hexdigest()


def planned_size(gate: Gate) -> int:
    """How many detections of each stratum to review, where nobody says otherwise.

    Enough to show the tolerated share with a probability of 80 % if the real one is a quarter of
    it, and never fewer than the gate asks for by itself.
    """
    theta, alpha = float(gate.false_positives), float(1 - gate.confidence)
    if theta == 0:
        return gate.reviewed
    plan = planned_anytime if gate.inference is Inference.ANYTIME else planned
    return max(gate.reviewed, plan(theta, theta * _HOPED, alpha, _POWER).reviews)


class Draw:
    """Draws a sample while records pass by."""

    def __init__(self, old: Policy, new: Policy, size: int) -> None:
        """Prepare to draw.

        Args:
            old: the policy in its present stage.
            new: the same policy in the stage that is asked for.
            size: detections of each stratum, 1 or more.
        """
        self._old, self._new, self._size = old, new, size
        self._strata: dict[Cell, _Bottom] = {}

    def passing(self, records: Iterable[Record]) -> Iterator[Record]:
        """The records, each considered before it goes on."""
        for record in records:
            self.add(record)
            yield record

    def add(self, record: Record) -> None:
        """Consider one record."""
        new = self._new
        if record.status is not Status.OK or record.level is None:
            return
        if new.apps and record.app not in new.apps:
            return
        guardrail = covering(new.guardrails, record.detector, record.direction)
        if guardrail is None or not guardrail.sensitivity.flags(record.level):
            return
        detection = record.detection
        if not decide(new, detection).verdict.acts or decide(self._old, detection).verdict.acts:
            return
        cell = (guardrail.detector, guardrail.direction, record.app)
        self._strata.setdefault(cell, _Bottom(self._size)).add(record)

    def result(self) -> tuple[StratumSample, ...]:
        """The sample of each stratum, sorted by guardrail, direction and application."""
        order = sorted(self._strata, key=lambda cell: (cell[0], cell[1].value, cell[2]))
        return tuple(_sample(cell, self._strata[cell]) for cell in order)


class _Bottom:
    """The detections of the lowest ranks, one of each cluster."""

    def __init__(self, size: int) -> None:
        self.detections = 0
        self.ranked: list[tuple[str, str]] = []
        self.found: dict[str, tuple[str, Record]] = {}
        self.clusters: set[bytes] = set()
        self._size = size

    def add(self, record: Record) -> None:
        self.detections += 1
        cluster = _cluster(record)
        self.clusters.add(hashlib.sha256(cluster.encode()).digest()[:8])
        # Within one request the same detector may speak about both directions.
        rank = f"{review_rank(record.request_id, record.detector)}/{record.direction.value}"
        if len(self.ranked) == self._size and rank >= self.ranked[-1][0]:
            return
        if cluster in self.found:
            earlier = self.found[cluster][0]
            if rank >= earlier:
                return
            self.ranked.remove((earlier, cluster))
        elif len(self.ranked) == self._size:
            del self.found[self.ranked.pop()[1]]
        insort(self.ranked, (rank, cluster))
        self.found[cluster] = rank, record


def _cluster(record: Record) -> str:
    if record.fingerprint:
        return f"fingerprint:{record.fingerprint}"
    if record.session_id:
        return f"session:{record.session_id}"
    return f"request:{record.request_id}"


def _sample(cell: Cell, bottom: _Bottom) -> StratumSample:
    guardrail, direction, app = cell
    records = (bottom.found[cluster][1] for _, cluster in bottom.ranked)
    return StratumSample(
        guardrail=guardrail,
        direction=direction,
        app=app,
        detections=bottom.detections,
        clusters=len(bottom.clusters),
        drawn=tuple(
            Drawn(
                place=place,
                case=Case(record.request_id, record.detector, record.direction),
                time=record.time,
            )
            for place, record in enumerate(records, start=1)
        ),
    )
