"""OpenAI Guardrails: results of its checks, by themselves or as a response groups them by stage.

A check that failed counts as safe there unless the application asked otherwise; here it is no
answer. Whether a tripwire stopped anything is the application's doing.
"""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.engine_logs.answer import Answer, Message
from policyctl.core.engine_logs.fields import (
    Fields,
    detector_named,
    flag,
    number,
    part,
    parts,
    slug,
    text,
)
from policyctl.core.engine_logs.level_table import Cuts, LevelTable
from policyctl.core.engines.presidio import DETECTORS
from policyctl.core.record import Status
from policyctl.core.sides import Direction
from policyctl.core.unusable import UnusableError

_STAGES = {
    "preflight": Direction.INPUT,
    "pre_flight": Direction.INPUT,
    "input": Direction.INPUT,
    "output": Direction.OUTPUT,
}
_DETECTORS = {
    "Contains PII": "pii",
    "Custom Prompt Check": "custom/prompt_check",
    "Jailbreak": "prompt_attack",
    "Moderation": "moderated_content",
    "NSFW Text": "moderated_content/sexual",
    "Off Topic Prompts": "topic/off_topic",
    "Prompt Injection Detection": "prompt_attack/injection",
    "Secret Keys": "secrets",
    "URL Filter": "unknown_links",
}
_CATEGORIES = {
    "harassment": "moderated_content/harassment",
    "hate": "moderated_content/hate",
    "illicit": "moderated_content/crime",
    "self-harm": "moderated_content/self_harm",
    "sexual": "moderated_content/sexual",
    "violence": "moderated_content/violence",
}
_CUTS: Cuts = (0.9, 0.7, 0.5, 0.3)
"""What a sensitivity asks of ``confidence_threshold``: L1 the most, L4 the least."""


def read(data: Fields, levels: LevelTable) -> Message:
    """The message that results of OpenAI Guardrails are about."""
    grouped = part(data, "guardrail_results")
    if grouped:
        answers = [
            answer
            for stage, side in _STAGES.items()
            for result in parts(grouped, stage)
            for answer in _answers(result, side, levels)
        ]
    elif "tripwire_triggered" in data:
        answers = list(_answers(data, None, levels))
    else:
        raise UnusableError("the line has neither 'guardrail_results' nor 'tripwire_triggered'")
    return Message(answers=tuple(answers), request_id=text(data, "id"))


def _answers(result: Fields, side: Direction | None, levels: LevelTable) -> Iterator[Answer]:
    info = part(result, "info")
    name = text(info, "guardrail_name")
    if not name:
        raise UnusableError("a result has no 'guardrail_name'")
    detector = levels.names.get(name) or _DETECTORS.get(name) or detector_named(name)
    side = _STAGES.get(text(info, "stage_name")) or side
    if flag(result, "execution_failed") or info.get("error_message") or info.get("error"):
        yield Answer(detector=detector, direction=side, status=Status.ERROR)
        return
    tripped = flag(result, "tripwire_triggered")
    if tripped is None:
        raise UnusableError("a result has no 'tripwire_triggered'")
    score = number(info, "confidence")
    masked = info.get("block_mode") is False and bool(flag(info, "pii_detected"))
    whole = tripped or masked or bool(flag(info, "flagged"))
    for kind, found in dict(_details(info)).items() or ((detector, whole),):
        yield Answer(
            detector=kind,
            level=levels.detection(kind, score, _CUTS) if found else None,
            direction=side,
            score=score if score is not None and 0 <= score <= 1 else None,
            detected=found,
            would_block=found and (tripped or masked),
            blocked=(True if masked else None if tripped else False) if found else False,
        )


def _details(info: Fields) -> Iterator[tuple[str, bool]]:
    """The finer detectors behind a check of many kinds, and whether each found something."""
    entities = part(info, "detected_entities")
    checked = info.get("entity_types_checked")
    for kind in (*(checked if isinstance(checked, list) else ()), *entities):
        yield DETECTORS.get(str(kind)) or f"custom/pii_{slug(str(kind))}", kind in entities
    categories = part(info, "category_details")
    for name in sorted(categories, key=lambda name: bool(categories[name])):
        family = _CATEGORIES.get(name.partition("/")[0])
        yield family or f"custom/{slug(name)}", bool(flag(categories, name))
