"""What is known beside the counts of the tally, for the criteria that need more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from policyctl.core.daily import Daily
from policyctl.core.frozen import frozen
from policyctl.core.repeats import Repeats
from policyctl.core.reviews import Reviews
from policyctl.core.scores import ScoreCounts
from policyctl.core.stages import Stage
from policyctl.core.tally import Stratum, Tally

_DAY = timedelta(days=1)


@frozen
class RequestCounter:
    """How many requests something else counted, such as the gateway.

    Attributes:
        name: the file's name.
        sha256: its digest.
        requests: by day (UTC) and application.
    """

    name: str
    sha256: str
    requests: Mapping[tuple[date, str], int]


@frozen
class Facts:
    """What is known beside the tally; what is None is not known.

    Attributes:
        target: the stage that is asked for.
        scoped: whether the policy says what that stage acts on; only ``limited`` may lack it.
        daily: the counts day by day.
        reviews: what reviewers said about a drawn sample.
        counter: requests as something else counted them.
        repeats: what was said of messages seen again.
        scores: how detections are distributed by score; empty where nobody asked.
        exceptions: the names of the policy's exceptions.
        exceptions_changed: when an exception was last added, changed or removed; None if never.
        exceptions_known: whether that could be found out.
    """

    target: Stage | None = None
    scoped: bool = True
    daily: Daily | None = None
    reviews: Reviews | None = None
    counter: RequestCounter | None = None
    repeats: tuple[Repeats, ...] | None = None
    scores: tuple[ScoreCounts, ...] = ()
    exceptions: tuple[str, ...] = ()
    exceptions_changed: datetime | None = None
    exceptions_known: bool = False


NOTHING = Facts()
"""Nothing beside the tally is known."""


def missing_reviews(stratum: Stratum, facts: Facts) -> int:
    """Detections of the drawn sample that nobody has looked at; they count as false positives."""
    if facts.reviews is None:
        return 0
    return facts.reviews.missing.get((stratum.guardrail, stratum.direction, stratum.app), 0)


def complete_days(tally: Tally) -> tuple[date, ...]:
    """The days (UTC) that lie wholly between the first and the last answer in reach."""
    if tally.first is None:
        return ()
    midnight = datetime.combine(tally.first.date(), time(), tally.first.tzinfo)
    start = midnight if midnight == tally.first else midnight + _DAY
    return tuple(start.date() + index * _DAY for index in range(tally.complete_days))
