"""NVIDIA NeMo Guardrails: ``log.activated_rails`` of a generation's response.

A rail that stops has blocked. A rail that masks never stops: it returns the text altered, which is
seen by comparing what it was given with what it returned.
"""

from __future__ import annotations

from policyctl.core.engine_logs.answer import Answer, Message
from policyctl.core.engine_logs.fields import (
    Fields,
    detector_named,
    flag,
    number,
    part,
    parts,
    text,
)
from policyctl.core.engine_logs.level_table import LevelTable
from policyctl.core.sides import Direction
from policyctl.core.unusable import UnusableError

_SIDES = {
    "input": Direction.INPUT,
    "retrieval": Direction.INPUT,
    "tool_output": Direction.INPUT,
    "output": Direction.OUTPUT,
    "tool_input": Direction.OUTPUT,
}
"""By type of rail; what a tool returns goes into the model, what it is given comes out of it.
Dialogue and generation are no checks.
"""

_BY_WORDS = (
    ("jailbreak", "prompt_attack"),
    ("injection", "prompt_attack"),
    ("prompt security", "prompt_attack"),
    ("sensitive data", "pii"),
    ("pii", "pii"),
    ("content safety", "moderated_content"),
    ("llama guard", "moderated_content"),
    ("topic safety", "topic/topic_safety"),
)


def read(data: Fields, levels: LevelTable) -> Message:
    """The message that a response of NeMo Guardrails is about."""
    log = part(data, "log") or data
    if "activated_rails" not in log:
        raise UnusableError("the line has no 'activated_rails': ask for them in the log options")
    rails = parts(log, "activated_rails")
    starts = [start for rail in rails if (start := number(rail, "started_at")) is not None]
    return Message(
        answers=tuple(_answer(rail, levels) for rail in rails if text(rail, "type") in _SIDES),
        time=min(starts) if starts else "",
        request_id=text(data, "id"),
    )


def _answer(rail: Fields, levels: LevelTable) -> Answer:
    name = text(rail, "name").partition("$")[0].strip()
    detector = levels.names.get(name) or _detector(name)
    masks = name.startswith("mask ")
    found = _altered(rail) if masks else flag(rail, "stop")
    if found is None and not masks:
        raise UnusableError("a rail has no 'stop'")
    return Answer(
        detector=detector,
        level=levels.detection(detector, None) if found else None,
        direction=_SIDES[text(rail, "type")],
        detected=found,
        would_block=found,
        blocked=found,
    )


def _detector(name: str) -> str:
    return next((known for word, known in _BY_WORDS if word in name), None) or detector_named(name)


def _altered(rail: Fields) -> bool | None:
    """Whether an action returned another text than it was given; None if that is not logged."""
    for action in parts(rail, "executed_actions"):
        given, returned = part(action, "action_params").get("text"), action.get("return_value")
        if isinstance(given, str) and isinstance(returned, str):
            return given != returned
    return None
