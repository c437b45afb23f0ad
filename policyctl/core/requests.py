"""Requests as they are counted."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date

from policyctl.core.record import Record

Request = tuple[date, str, str, str]
"""A request as it is counted: day (UTC), application, cohort, request id."""


def request_of(record: Record) -> Request:
    """The request that a record belongs to.

    Engines that count day by day can add up such requests; one that goes on past midnight is two.
    """
    day = record.time.astimezone(UTC).date()
    return day, record.app, record.cohort, record.request_id


class RequestSets:
    """The distinct requests of each day and application.

    Eight bytes stand for a request: of ten million, two collide once in 370,000 counts.
    """

    def __init__(self) -> None:
        self._seen: defaultdict[tuple[str, date], set[int]] = defaultdict(set)

    def add(self, record: Record) -> date:
        """Count a record's request; its day."""
        request = request_of(record)
        day = request[0]
        self._seen[record.app, day].add(hash(request))
        return day

    @property
    def total(self) -> int:
        """How many there are."""
        return sum(map(len, self._seen.values()))

    def counts(self) -> list[tuple[str, date, int]]:
        """Application, day and how many requests, in order."""
        return [(*place, len(self._seen[place])) for place in sorted(self._seen)]
