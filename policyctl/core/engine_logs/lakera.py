"""Lakera Guard: answers of ``/v2/guard`` (with ``breakdown``) and of ``/v2/guard/results``.

In Detect mode ``flagged`` is false whatever was found, so the breakdown alone counts. Whether
anything was blocked is the application's doing and not in the answer.
"""

from __future__ import annotations

from policyctl.core.engine_logs.answer import Answer, Message
from policyctl.core.engine_logs.fields import Fields, detector_named, flag, part, parts, text
from policyctl.core.engine_logs.level_table import LevelTable
from policyctl.core.levels import Level
from policyctl.core.unusable import UnusableError

_RENAMED = {
    "unknown_link": "unknown_links",
    "moderated_content/self-harm": "moderated_content/self_harm",
    "pii/custom": "custom/pii",
    "moderated_content/custom": "custom/moderated_content",
}
_NOTHING = ("", "no_level")


def read(data: Fields, levels: LevelTable) -> Message:
    """The message that an answer of Lakera Guard is about."""
    if "breakdown" not in data and "results" not in data:
        raise UnusableError('the answer has no breakdown: ask for it with "breakdown": true')
    metadata = part(data, "metadata")
    return Message(
        answers=tuple(_answer(item, levels) for item in parts(data, "breakdown", "results")),
        request_id=text(metadata, "request_uuid"),
    )


def _answer(item: Fields, levels: LevelTable) -> Answer:
    kind = text(item, "detector_type")
    if not kind:
        raise UnusableError("a detector has no 'detector_type'")
    detector = levels.names.get(kind) or _RENAMED.get(kind) or detector_named(kind)
    detected = flag(item, "detected")
    return Answer(
        detector=detector,
        level=_level(item, detector, levels),
        detected=detected,
        would_block=detected,
        blocked=False if detected is False else None,
    )


def _level(item: Fields, detector: str, levels: LevelTable) -> Level | None:
    named = text(item, "result")
    if named in _NOTHING:
        found = flag(item, "detected") or flag(item, "custom_matched")
        return levels.detection(detector, None) if found else None
    try:
        return Level.named(named)
    except KeyError as error:
        raise UnusableError("the 'result' of a detector is no level of Lakera") from error
