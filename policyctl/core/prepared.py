"""Records that were split into hits and counts, and the way back to records that count the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from itertools import groupby

from policyctl.core.frozen import frozen
from policyctl.core.levels import Level, Sensitivity
from policyctl.core.record import Record, Status
from policyctl.core.sides import Direction

Traffic = tuple[date, str, str]
"""A day (UTC), an application, a cohort."""


@frozen
class Total:
    """How many records are alike in everything that counts are made of, and when they came."""

    day: date
    app: str
    cohort: str
    direction: Direction
    detector: str
    detector_version: str
    level: Level | None
    status: Status
    records: int
    first: datetime
    last: datetime

    @property
    def are_hits(self) -> bool:
        """Whether these records are kept whole, because some sensitivity acts on them."""
        return self.status is Status.OK and self.level is not None and is_hit(self.level)


def is_hit(level: Level) -> bool:
    """Whether any sensitivity acts on detections of this level."""
    return max(Sensitivity).flags(level)


def expanded(
    hits: Iterable[Record],
    totals: Iterable[Total],
    requests: Mapping[Traffic, int],
    *,
    name: str,
) -> Iterator[Record]:
    """The hits, and for all other records stand-ins that are equal to them in every count.

    Args:
        hits: the records that were kept whole.
        totals: counts of all records, hits among them.
        requests: distinct requests.
        name: what the stand-ins' request ids begin with.

    Raises:
        ValueError: these hits, totals and requests do not belong together.
    """
    places: dict[Traffic, _Requests] = {}
    for hit in hits:
        traffic = (hit.time.astimezone(UTC).date(), hit.app, hit.cohort)
        ids = places.setdefault(traffic, _Requests())
        ids.of_hits.setdefault(hit.request_id, set()).add((hit.detector, hit.direction.value))
        yield hit
    others = sorted((total for total in totals if not total.are_hits), key=_place)
    for (traffic, check), alike in groupby(others, key=_place):
        ids = places.setdefault(traffic, _Requests())
        start = "/".join((name, str(traffic[0]), *traffic[1:]))
        unhit = requests.get(traffic, 0) - len(ids.of_hits)
        given = ids.of(check, unhit, start)
        for total in alike:
            for number in range(total.records):
                yield _stand_in(total, number, next(given))


_Check = tuple[str, str]
"""A detector on one side of the model; a request has at most one record of it."""


def _place(total: Total) -> tuple[Traffic, _Check]:
    traffic = (total.day, total.app, total.cohort)
    return traffic, (total.detector, total.direction.value)


class _Requests:
    """The requests of one day, application and cohort."""

    def __init__(self) -> None:
        self.of_hits: dict[str, set[_Check]] = {}
        self._given = 0

    def of(self, check: _Check, others: int, start: str) -> Iterator[str]:
        """Ids of requests for the records of one check, none twice.

        Each check goes on where the last one stopped, so that together they name every request.

        Args:
            check: what the records are of.
            others: the number of requests without hits.
            start: what their ids begin with.
        """
        for _ in range(others):
            self._given += 1
            yield f"{start}/{self._given % others}"
        yield from (known for known, hits in self.of_hits.items() if check not in hits)
        raise ValueError(f"there are more records of '{check[0]}' than requests")


def _stand_in(total: Total, number: int, request_id: str) -> Record:
    return Record(
        time=total.last if number == total.records - 1 else total.first,
        request_id=request_id,
        app=total.app,
        direction=total.direction,
        detector=total.detector,
        level=total.level,
        status=total.status,
        key=request_id,
        cohort=total.cohort,
        detector_version=total.detector_version,
    )
