"""What NeMo Guardrails calls detectors and sensitivities, and what a judging model is told."""

from __future__ import annotations

from collections.abc import Mapping

from policyctl.core.detectors import DETECTORS, FAMILIES
from policyctl.core.levels import Sensitivity
from policyctl.core.policy import Topic
from policyctl.core.sides import Direction

JAILBREAK = "jailbreak detection heuristics"
PATTERNS = "custom/patterns"
"""What regular expressions are read as; they have no name there."""

SCORES: Mapping[Sensitivity, float] = {
    Sensitivity.L1: 0.8,
    Sensitivity.L2: 0.6,
    Sensitivity.L3: 0.4,
    Sensitivity.L4: 0.2,
}

JUDGED: Mapping[str, str] = {
    item.name: item.title
    for item in DETECTORS
    if item.name in FAMILIES["moderated_content"] and item.name != "moderated_content/profanity"
}
"""What a model of the application's own is asked to judge."""

_VARIABLES = {Direction.INPUT: "user_input", Direction.OUTPUT: "bot_response"}
_WHO = {Direction.INPUT: "the user's message", Direction.OUTPUT: "the bot's answer"}
_TOPIC = "topic: "
_BRACES = str.maketrans("{}", "()")
"""Prompts are templates of Jinja: a topic's braces would be run."""
_DEFINED = " :: "


def prompt(direction: Direction, lines: list[str]) -> str:
    """What the model is asked about a message; `judged_in` reads the list back."""
    variable = "{{ " + _VARIABLES[direction] + " }}"
    listed = "\n".join(f"- {line}" for line in lines)
    return (
        f"Your task is to decide whether {_WHO[direction]} below has to be blocked.\n"
        f"Block it if it contains, asks for or helps with any of these:\n{listed}\n\n"
        f'Message: "{variable}"\n\n'
        "Should it be blocked? Answer (Yes or No):\n"
    )


def judged_line(detector: str) -> str:
    """A detector in the list."""
    return f"{detector}{_DEFINED}{JUDGED[detector]}"


def topic_line(topic: Topic) -> str:
    """A topic in the list, with its definition and examples."""
    parts = (topic.name, topic.definition, *topic.examples)
    return _TOPIC + _DEFINED.join(" ".join(part.split()).translate(_BRACES) for part in parts)


def judged_in(text: str) -> tuple[str | Topic, ...]:
    """The detectors and topics that a prompt of ours lists; nothing in anybody else's."""
    found: list[str | Topic] = []
    for line in text.split("\n"):
        body = line.removeprefix("- ")
        if body == line:
            continue
        name, *rest = body.removeprefix(_TOPIC).split(_DEFINED)
        if body.startswith(_TOPIC) and rest:
            found.append(Topic(name=name, definition=rest[0], examples=tuple(rest[1:])))
        elif name in JUDGED and rest == [JUDGED[name]]:
            found.append(name)
    return tuple(found)
