"""Azure OpenAI: content-filter annotations of answers, and the error that a blocked prompt gets.

Severities high, medium and low are L1, L2 and L3. Which of them the filter's threshold is, the
answer does not say: what is above it was filtered; of the rest only safe is known to be below.
"""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.engine_logs.answer import Answer, Message
from policyctl.core.engine_logs.fields import Fields, flag, number, part, parts, slug, text
from policyctl.core.engine_logs.level_table import LevelTable
from policyctl.core.levels import Level
from policyctl.core.record import Status
from policyctl.core.sides import Direction
from policyctl.core.unusable import UnusableError

_DETECTORS = {
    "hate": "moderated_content/hate",
    "indirect_attack": "prompt_attack/indirect",
    "jailbreak": "prompt_attack",
    "profanity": "moderated_content/profanity",
    "self_harm": "moderated_content/self_harm",
    "sexual": "moderated_content/sexual",
    "violence": "moderated_content/violence",
}
_SEVERITIES = {
    "high": Level.L1_CONFIDENT,
    "medium": Level.L2_VERY_LIKELY,
    "low": Level.L3_LIKELY,
    "safe": None,
}
_RESULTS = ("content_filter_results", "content_filter_result")
_LISTS = {"custom_blocklists": "custom", "custom_topics": "topic"}


def read(data: Fields, levels: LevelTable) -> Message:
    """The message that an answer or an error of Azure OpenAI is about."""
    answers = tuple(_answers(data, levels))
    if not answers and not _is_completion(data):
        raise UnusableError("the line has no content filter's results")
    return Message(answers=answers, time=number(data, "created") or "", request_id=text(data, "id"))


def _is_completion(data: Fields) -> bool:
    return "choices" in data and not any(
        choice.get("finish_reason") == "content_filter" for choice in parts(data, "choices")
    )


def _answers(data: Fields, levels: LevelTable) -> Iterator[Answer]:
    for prompt in parts(data, "prompt_filter_results", "prompt_annotations"):
        yield from _filtered(part(prompt, *_RESULTS), Direction.INPUT, levels)
    for choice in parts(data, "choices"):
        yield from _filtered(part(choice, *_RESULTS), Direction.OUTPUT, levels)
    error = part(data, "error")
    if error:
        if text(error, "code") != "content_filter":
            raise UnusableError("the call failed before any detector answered")
        inner = part(error, "innererror", "inner_error")
        yield from _filtered(part(inner, *_RESULTS), Direction.INPUT, levels)


def _filtered(results: Fields, side: Direction, levels: LevelTable) -> Iterator[Answer]:
    for name in results:
        if name == "error":
            yield Answer(detector="moderated_content", direction=side, status=Status.ERROR)
        elif name in _LISTS:
            yield from _listed(results[name], _LISTS[name], side, levels)
        else:
            yield _one(name, part(results, name), side, levels)


def _one(name: str, result: Fields, side: Direction, levels: LevelTable) -> Answer:
    detector = _DETECTORS.get(name) or f"custom/{slug(name)}"
    filtered = flag(result, "filtered")
    if filtered is None:
        raise UnusableError("a filter's result has no 'filtered'")
    if "severity" in result:
        severity = text(result, "severity")
        if severity not in _SEVERITIES:
            raise UnusableError("the 'severity' of a filter is unknown")
        level = _SEVERITIES[severity]
        detected = filtered or (None if level else False)
    else:
        detected = filtered or flag(result, "detected")
        level = levels.detection(detector, None) if detected else None
    return Answer(
        detector=detector,
        level=level or (levels.detection(detector, None) if filtered else None),
        direction=side,
        detected=detected,
        would_block=detected,
        blocked=filtered,
    )


def _listed(results: object, family: str, side: Direction, levels: LevelTable) -> Iterator[Answer]:
    """What lists and topics of the organisation's own found; details name each of them."""
    named = parts({"details": results}, "details") if isinstance(results, list) else ()
    if isinstance(results, dict):
        named = parts(results, "details")
    for item in named:
        detector = f"{family}/{slug(text(item, 'id'))}"
        filtered = flag(item, "filtered")
        detected = filtered or flag(item, "detected")
        yield Answer(
            detector=detector,
            level=levels.detection(detector, None) if detected else None,
            direction=side,
            detected=detected,
            would_block=detected,
            blocked=filtered,
        )
