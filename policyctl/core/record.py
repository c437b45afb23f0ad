"""Detection records: what a detector said about one message, and what people said about that."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from difflib import get_close_matches
from enum import Enum

from policyctl.core.decision import Detection
from policyctl.core.frozen import frozen
from policyctl.core.levels import Level
from policyctl.core.sides import Direction
from policyctl.core.unusable import UnusableError


class Status(Enum):
    """Whether the detector answered; no answer is never the same as nothing found."""

    OK = "ok"
    ERROR = "error"
    TIMEOUT = "timeout"


class Label(Enum):
    """What a review said about a detection."""

    TRUE_POSITIVE = "true_positive"
    FALSE_POSITIVE = "false_positive"
    UNSURE = "unsure"


@frozen
class Record:
    """One detector's result for one message.

    Attributes:
        time: when, in UTC.
        key: the sticky unit of a limited share: a user, a session, else the request.
        session_id: the conversation that the message belongs to, or empty.
        score: the detector's own number from 0 to 1, for information; the level decides.
        level: the confidence, or None if the detector found nothing or gave no answer.
        detected: whether the engine counted it as a detection, or None if that is not known.
        would_block: whether the engine would have acted outside of an observing mode, or None.
        blocked: whether the engine acted, or None if that is not known.
        label: what a review said, or None before one.
        fingerprint: equal for messages that are copies of each other, or empty.
    """

    time: datetime
    request_id: str
    app: str
    direction: Direction
    detector: str
    level: Level | None
    status: Status
    key: str
    session_id: str = ""
    cohort: str = ""
    detector_version: str = ""
    score: float | None = None
    detected: bool | None = None
    would_block: bool | None = None
    blocked: bool | None = None
    label: Label | None = None
    reviewer: str = ""
    engine: str = ""
    policy_digest: str = ""
    fingerprint: str = ""

    @property
    def detection(self) -> Detection:
        """The part of the record that a policy decides about."""
        return Detection(
            detector=self.detector,
            direction=self.direction,
            level=self.level,
            app=self.app,
            time=self.time,
            key=self.key,
            cohort=self.cohort,
        )


def record_from(data: Mapping[str, object]) -> Record:
    """The record that a JSON object describes; `schemas/record.v1.json` says the same.

    Raises:
        UnusableError: the object is not a record; the message is one sentence that says why.
    """
    if not data.keys() <= _NAMES:
        unknown = next(name for name in data if name not in _NAMES)
        raise UnusableError(f"the field {unknown_field(unknown)}", reason="a field is unknown")
    missing = [name for name in _REQUIRED if name not in data]
    if missing:
        raise UnusableError(f"the record has no {_listed(missing)}")
    request_id = _text(data, "request_id")
    status = Status(_choice(data, "status", _STATUSES))
    level = _choice(data, "level", _LEVELS)
    if status is not Status.OK and level != _NO_LEVEL:
        raise UnusableError(
            f"a record with status '{status.value}' has level 'none', not '{level}'"
        )
    return Record(
        time=parse_time(_text(data, "ts")),
        request_id=request_id,
        app=_text(data, "app"),
        direction=Direction(_choice(data, "direction", _DIRECTIONS)),
        detector=_text(data, "detector"),
        level=None if level == _NO_LEVEL else Level.named(level),
        status=status,
        key=_optional(data, "key") or _optional(data, "session_id") or request_id,
        session_id=_optional(data, "session_id"),
        cohort=_optional(data, "cohort"),
        detector_version=_optional(data, "detector_version"),
        score=_score(data.get("score")),
        detected=_flag(data, "detected"),
        would_block=_flag(data, "would_block"),
        blocked=_flag(data, "blocked"),
        label=_label(data),
        reviewer=_optional(data, "reviewer"),
        engine=_optional(data, "engine"),
        policy_digest=_optional(data, "policy_digest"),
        fingerprint=_optional(data, "fingerprint"),
    )


def unknown_field(name: str) -> str:
    """What is said of a field that records do not have."""
    shown = name[:_SHOWN]
    return f"{shown!a} is unknown{_suggestion(shown, FIELDS)}"


_NO_LEVEL = "none"
_LEVELS = (*(level.label for level in Level), _NO_LEVEL)
_STATUSES = tuple(status.value for status in Status)
_DIRECTIONS = tuple(direction.value for direction in Direction)
_LABELS = tuple(label.value for label in Label)
_REQUIRED = ("ts", "request_id", "app", "direction", "detector", "level", "status")
_OPTIONAL = (
    "session_id", "key", "cohort", "detector_version", "score", "detected", "would_block",
    "blocked", "label", "reviewer", "engine", "policy_digest", "fingerprint",
)  # fmt: skip
FIELDS = (*_REQUIRED, *_OPTIONAL)
"""What a record may hold, as its JSON object spells it; what is required comes first."""

_NAMES = frozenset(FIELDS)
LONGEST = 512
"""Characters of a text."""

_SHOWN = 60
CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
"""Characters that no text of a record holds."""

_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?"
    r"(?:Z|[+-][0-9]{2}:[0-9]{2})?\Z"
)


def _text(data: Mapping[str, object], name: str) -> str:
    value = data[name]
    if not isinstance(value, str):
        raise UnusableError(f"'{name}' is {_kind(value)}, not text")
    if not value:
        raise UnusableError(f"'{name}' is empty")
    if len(value) > LONGEST:
        raise UnusableError(f"'{name}' is longer than {LONGEST} characters")
    if CONTROL.search(value):
        raise UnusableError(f"'{name}' holds control characters or half of a character")
    return value


def _optional(data: Mapping[str, object], name: str) -> str:
    return "" if data.get(name) is None else _text(data, name)


def _choice(data: Mapping[str, object], name: str, allowed: Iterable[str]) -> str:
    value = _text(data, name)
    if value not in allowed:
        alternatives = f"{_suggestion(value, allowed)} (allowed: {', '.join(allowed)})"
        raise UnusableError(
            f"the {name} '{value}' is unknown{alternatives}", reason=f"the {name} is unknown"
        )
    return value


def _flag(data: Mapping[str, object], name: str) -> bool | None:
    value = data.get(name)
    if value is None or isinstance(value, bool):
        return value
    raise UnusableError(f"'{name}' is {_kind(value)}, not true or false")


def _label(data: Mapping[str, object]) -> Label | None:
    return None if data.get("label") is None else Label(_choice(data, "label", _LABELS))


def _score(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UnusableError(f"'score' is {_kind(value)}, not a number")
    if not 0 <= value <= 1:
        raise UnusableError(
            f"the score {value} is not between 0 and 1", reason="the score is not between 0 and 1"
        )
    return float(value)


def parse_time(text: str) -> datetime:
    """The moment that a text names with its time zone, in UTC.

    Raises:
        UnusableError: it names none.
    """
    if not _TIME.match(text):
        raise _not_a_time(text, "is not written as 2026-10-05T00:00:00Z")
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise _not_a_time(text, "does not exist") from error
    if time.tzinfo is None:
        raise _not_a_time(text, "has no time zone", hint=f": write {text}Z")
    if time.tzinfo is UTC:
        return time
    try:
        return time.astimezone(UTC)
    except OverflowError as error:
        raise _not_a_time(text, "does not exist in UTC") from error


def _not_a_time(text: str, said: str, hint: str = "") -> UnusableError:
    return UnusableError(f"time '{text}' {said}{hint}", reason=f"the time {said}")


def _suggestion(name: str, allowed: Iterable[str]) -> str:
    close = get_close_matches(name.lower(), list(allowed), n=1)
    return f": did you mean '{close[0]}'?" if close else ""


def _listed(names: list[str]) -> str:
    quoted = [f"'{name}'" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case list() | tuple():
            return "a list"
        case _:
            return "an object"
