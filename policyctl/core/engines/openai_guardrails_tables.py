"""What OpenAI Guardrails calls detectors and sensitivities."""

from __future__ import annotations

from collections.abc import Mapping

from policyctl.core.levels import Sensitivity
from policyctl.core.policy import Topic

MODEL = "gpt-4.1-mini"
"""The model that judges prompts, as in the vendor's examples; policies do not name one."""

KEYWORDS = "custom/words"
PROMPT_CHECK = "custom/prompt_check"
"""What records call the check 'Custom Prompt Check'."""

CATEGORIES: Mapping[str, tuple[str, ...]] = {
    "moderated_content/crime": ("illicit",),
    "moderated_content/harassment": ("harassment", "harassment/threatening"),
    "moderated_content/hate": ("hate", "hate/threatening"),
    "moderated_content/self_harm": ("self-harm", "self-harm/instructions", "self-harm/intent"),
    "moderated_content/sexual": ("sexual", "sexual/minors"),
    "moderated_content/violence": ("violence", "violence/graphic"),
    "moderated_content/weapons": ("illicit/violent",),
}

CONFIDENCES: Mapping[Sensitivity, float] = {
    Sensitivity.L1: 0.9,
    Sensitivity.L2: 0.7,
    Sensitivity.L3: 0.5,
    Sensitivity.L4: 0.3,
}

SECRETS: Mapping[Sensitivity, str] = {
    Sensitivity.L1: "permissive",
    Sensitivity.L2: "balanced",
    Sensitivity.L3: "strict",
    Sensitivity.L4: "strict",
}

_BEGIN = "Flag text that is about this subject."


def instruction(topic: Topic) -> str:
    """What the judging model is told of a topic; `subject` reads it back."""
    told = [("Subject", topic.name), ("Definition", topic.definition)]
    told += [("Example", example) for example in topic.examples]
    lines = [f"{name}: {' '.join(value.splitlines())}" for name, value in told]
    return "\n".join([_BEGIN, *lines])


def subject(text: str) -> Topic | None:
    """The topic of an instruction, or None if somebody else worded it."""
    first, *lines = text.split("\n")
    pairs = [line.partition(": ") for line in lines]
    names = [name for name, _, _ in pairs]
    if first != _BEGIN or names[:2] != ["Subject", "Definition"]:
        return None
    if any(name != "Example" for name in names[2:]):
        return None
    name, definition, *examples = (value for _, _, value in pairs)
    return Topic(name=name, definition=definition, examples=tuple(examples))
