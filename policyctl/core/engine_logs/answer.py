"""What the detectors of an engine said about one message."""

from __future__ import annotations

from collections.abc import Iterable

from policyctl.core.frozen import frozen, replace
from policyctl.core.levels import Level
from policyctl.core.record import Status
from policyctl.core.sides import Direction


@frozen
class Answer:
    """One detector's answer; the three facts mean what they mean in a record.

    Attributes:
        direction: the side of the model, or None if the line does not say.
    """

    detector: str
    level: Level | None = None
    direction: Direction | None = None
    status: Status = Status.OK
    score: float | None = None
    detected: bool | None = None
    would_block: bool | None = None
    blocked: bool | None = None
    version: str = ""


@frozen
class Message:
    """A line of an engine's log: the answers, and what it says about the message itself.

    Attributes:
        time: as RFC 3339 or as seconds since 1970; empty if the line does not say.
        user: whom the message is from, as the engine knows them.
    """

    answers: tuple[Answer, ...]
    time: str | float = ""
    request_id: str = ""
    session_id: str = ""
    user: str = ""


def joined(answers: Iterable[Answer]) -> tuple[Answer, ...]:
    """One answer for each detector and direction, because a request has one record of it.

    The strongest is kept: the most confident detection, else a failure, else nothing found. What
    any of them did, was done.
    """
    found: dict[tuple[str, Direction | None], Answer] = {}
    for answer in answers:
        key = answer.detector, answer.direction
        found[key] = _stronger(found[key], answer) if key in found else answer
    return tuple(found.values())


def _stronger(one: Answer, other: Answer) -> Answer:
    first, second = sorted((one, other), key=_strength)
    return replace(
        first,
        detected=_either(first.detected, second.detected),
        would_block=_either(first.would_block, second.would_block),
        blocked=_either(first.blocked, second.blocked),
    )


def _strength(answer: Answer) -> tuple[int, int]:
    if answer.level is not None:
        return 0, answer.level
    return (1, 0) if answer.status is not Status.OK else (2, 0)


def _either(one: bool | None, other: bool | None) -> bool | None:
    if one or other:
        return True
    return None if one is None or other is None else False
