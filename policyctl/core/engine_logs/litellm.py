"""LiteLLM's proxy: ``guardrail_information`` of its standard logging payload.

The status lies in both directions: what was masked is a ``success``, and a guardrail that only
logs still says ``guardrail_intervened`` although nothing was blocked. A guardrail that did not
respond is no answer.
"""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.detectors import is_known
from policyctl.core.engine_logs.answer import Answer, Message
from policyctl.core.engine_logs.fields import (
    Fields,
    detector_named,
    number,
    part,
    parts,
    slug,
    text,
)
from policyctl.core.engine_logs.level_table import LevelTable
from policyctl.core.engines.presidio import DETECTORS
from policyctl.core.record import Status
from policyctl.core.sides import Direction
from policyctl.core.unusable import UnusableError

_PROVIDERS = {
    "azure/prompt_shield": "prompt_attack",
    "azure/text_moderations": "moderated_content",
    "hide-secrets": "secrets",
    "lakera": "prompt_attack",
    "lakera_v2": "prompt_attack",
    "presidio": "pii",
}
_FAILED = ("guardrail_failed_to_respond", "failure")
_FOUND = {"success": False, "guardrail_flagged": True, "guardrail_intervened": True}


def read(data: Fields, levels: LevelTable) -> Message:
    """The message that a standard logging payload of LiteLLM is about."""
    payload = part(data, "standard_logging_object") or data
    if not payload.keys() & {"guardrail_information", "call_type", "trace_id", "startTime"}:
        raise UnusableError("the line is no standard logging payload of LiteLLM")
    listed = payload.get("guardrail_information")
    ran = {"guardrail_information": [listed] if isinstance(listed, dict) else listed}
    metadata = part(payload, "metadata")
    return Message(
        answers=tuple(
            answer
            for item in parts(ran, "guardrail_information")
            for answer in _answers(item, levels)
        ),
        time=number(payload, "startTime") or "",
        request_id=text(payload, "id", "litellm_call_id"),
        session_id=text(payload, "session_id", "trace_id"),
        user=text(payload, "end_user") or text(metadata, "user_api_key_user_id"),
    )


def _answers(item: Fields, levels: LevelTable) -> Iterator[Answer]:
    name = text(item, "guardrail_name")
    exported, exported_side = _exported(name)
    detector = levels.names.get(name) or exported
    detector = detector or _of_provider(text(item, "guardrail_provider"), name)
    modes = _modes(item.get("guardrail_mode"))
    side = _side(modes) or exported_side
    status = text(item, "guardrail_status")
    if status == "not_run":
        return
    if status in _FAILED:
        yield Answer(detector=detector, direction=side, status=Status.ERROR)
        return
    if status not in _FOUND:
        raise UnusableError("the 'guardrail_status' is unknown")
    observed = "logging_only" in modes
    masked = tuple(_masked(item, side, levels, acted=not observed))
    found = _FOUND[status]
    if masked and not found:
        yield from masked
        return
    score = number(item, "confidence_score")
    score = score if score is not None and 0 <= score <= 1 else None
    level = levels.detection(detector, score) if found else levels.score(detector, score)
    yield Answer(
        detector=detector,
        level=level,
        direction=side,
        score=score,
        detected=found,
        would_block=found,
        blocked=status == "guardrail_intervened" and not observed,
    )
    yield from masked


def _masked(
    item: Fields, side: Direction | None, levels: LevelTable, *, acted: bool
) -> Iterator[Answer]:
    for kind, count in part(item, "masked_entity_count").items():
        if not isinstance(count, int) or count < 1:
            continue
        detector = DETECTORS.get(kind) or f"custom/pii_{slug(kind)}"
        yield Answer(
            detector=detector,
            level=levels.detection(detector, None),
            direction=side,
            detected=True,
            would_block=True,
            blocked=acted,
        )


def _exported(name: str) -> tuple[str, Direction | None]:
    """Detector and side of a guardrail that `policyctl export` named; nothing of any other.

    ``logging_only`` alone does not say which side was looked at.
    """
    detector, at, rest = name.partition("@")
    if not at or not is_known(detector):
        return "", None
    side = rest.rpartition(".")[2]
    return detector, next((item for item in Direction if item.value == side), None)


def _of_provider(provider: str, name: str) -> str:
    known = _PROVIDERS.get(provider)
    if known:
        return known
    if not (name or provider):
        raise UnusableError("a guardrail has neither 'guardrail_name' nor 'guardrail_provider'")
    return detector_named(name or provider)


def _modes(mode: object) -> tuple[str, ...]:
    found = mode if isinstance(mode, list) else [mode]
    return tuple(one for one in found if isinstance(one, str))


def _side(modes: tuple[str, ...]) -> Direction | None:
    sides = {
        Direction.OUTPUT if mode.startswith("post_") else Direction.INPUT
        for mode in modes
        if mode != "logging_only"
    }
    return sides.pop() if len(sides) == 1 else None
