"""NVIDIA NeMo Guardrails: a YAML file that stands in the folder of a configuration.

Flows and options are those of ``nemoguardrails`` 0.24. A rail acts or is not there, so nothing here
can log alone. What a model of the application's own has to judge is told in the prompts of ``self
check input`` and ``self check output``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from policyctl.core.diff.effect import Effect
from policyctl.core.engines.loss import (
    Loss,
    Lost,
    cut_short,
    no_detector,
    no_dial,
    no_direction,
    no_redaction,
    other_name,
)
from policyctl.core.engines.nemo_reading import read
from policyctl.core.engines.nemo_tables import (
    JAILBREAK,
    JUDGED,
    PATTERNS,
    SCORES,
    judged_line,
    prompt,
    topic_line,
)
from policyctl.core.engines.presidio import ENTITIES
from policyctl.core.engines.setting import Setting
from policyctl.core.engines.target import Document, Order, Syntax, Target, Written
from policyctl.core.frozen import frozen
from policyctl.core.sides import Action, Direction

__all__ = ["TARGET", "read", "write"]

TITLE = "NeMo Guardrails"


@frozen
class _Side:
    """What stands under ``rails.input`` or ``rails.output``, and what belongs to it."""

    flows: tuple[str, ...]
    sensitive: dict[str, Any]
    patterns: tuple[str, ...]
    prompt: str


def write(order: Order) -> Written:
    """One file; more than one configuration would have to log for some, which is refused."""
    variant = order.variants[0]
    losses: list[Loss] = []
    sides = {
        direction: _side(
            direction, [item for item in variant.settings if item.side[1] is direction], losses
        )
        for direction in Direction
    }
    data: dict[str, Any] = {"rails": {}}
    config: dict[str, Any] = {}
    prompts = []
    for direction, side in sides.items():
        if side.flows:
            data["rails"][direction.value] = {"flows": [*side.flows]}
        if side.sensitive:
            config.setdefault("sensitive_data_detection", {})[direction.value] = side.sensitive
        if side.patterns:
            config.setdefault("regex_detection", {})[direction.value] = {
                "patterns": [*side.patterns]
            }
        if side.prompt:
            prompts.append({"task": f"self_check_{direction.value}", "content": side.prompt})
    if config:
        data["rails"]["config"] = config
    if prompts:
        data["prompts"] = prompts
    name = f"{variant.name}.nemo.yml"
    return Written(
        documents=(Document(name=name, data=data, syntax=Syntax.YML),), losses=tuple(losses)
    )


def _side(direction: Direction, settings: Sequence[Setting], losses: list[Loss]) -> _Side:
    personal = [item for item in settings if item.guardrail.detector in ENTITIES]
    judged = [item for item in settings if _is_judged(item)]
    matched = [item for item in settings if item not in judged and _patterns(item)]
    attacks = [item for item in settings if item.guardrail.detector == "prompt_attack"]
    taken = (*personal, *judged, *matched, *attacks)
    losses += (no_detector(item, TITLE) for item in settings if item not in taken)
    flows: list[str] = []
    for item in attacks:
        if direction is Direction.INPUT:
            flows.append(JAILBREAK)
            losses.append(no_dial(item))
        else:
            losses.append(no_direction(item))
    sensitive, flow = _sensitive(direction, personal, losses)
    if sensitive:
        flows.append(flow)
    for item in matched:
        losses += _match_losses(item)
    patterns = tuple(dict.fromkeys(text for item in matched for text in _patterns(item)))
    if patterns:
        flows.append(f"regex check {direction.value}")
    for item in judged:
        losses += _judge_losses(item, f"self check {direction.value}")
    lines = [line for item in judged for line in _lines(item)]
    if lines:
        flows.append(f"self check {direction.value}")
    return _Side(
        flows=tuple(flows),
        sensitive=sensitive,
        patterns=patterns,
        prompt=prompt(direction, lines) if lines else "",
    )


def _is_judged(setting: Setting) -> bool:
    return setting.guardrail.detector in JUDGED or bool(setting.guardrail.topics)


def _patterns(setting: Setting) -> tuple[str, ...]:
    guardrail = setting.guardrail
    return (*guardrail.regex, *map(re.escape, guardrail.words))


def _sensitive(
    direction: Direction, settings: Sequence[Setting], losses: list[Loss]
) -> tuple[dict[str, Any], str]:
    """The options of personal data on one side, and the flow that goes by them."""
    if not settings:
        return {}, ""
    dial = max(item.guardrail.sensitivity for item in settings)
    blocks = any(item.guardrail.action is Action.BLOCK for item in settings)
    for item in settings:
        if item.guardrail.sensitivity is not dial:
            losses.append(_one_score(item, dial.name))
        if blocks and item.guardrail.action is Action.REDACT:
            losses.append(_one_action(item))
    entities = [ENTITIES[item.guardrail.detector] for item in settings]
    verb = "detect" if blocks else "mask"
    options = {"score_threshold": SCORES[dial], "entities": entities}
    return options, f"{verb} sensitive data on {direction.value}"


def _lines(setting: Setting) -> Iterator[str]:
    if setting.guardrail.topics:
        yield from map(topic_line, setting.guardrail.topics)
    else:
        yield judged_line(setting.guardrail.detector)


def _judge_losses(setting: Setting, flow: str) -> Iterator[Loss]:
    guardrail = setting.guardrail
    yield no_dial(setting)
    yield other_name(setting, flow)
    if guardrail.topics and (guardrail.words or guardrail.regex):
        yield cut_short(setting, "its words and expressions have no place beside topics")
    if guardrail.action is Action.REDACT:
        yield no_redaction(setting)


def _match_losses(setting: Setting) -> Iterator[Loss]:
    yield no_dial(setting)
    if setting.guardrail.detector != PATTERNS:
        yield other_name(setting, PATTERNS)
    if setting.guardrail.words:
        yield Loss(
            kind=Lost.CONTENT,
            subject=setting.label,
            what="its words become regular expressions",
            consequence="they are found inside longer words too",
            effect=Effect.TIGHTER,
        )
    if setting.guardrail.action is Action.REDACT:
        yield no_redaction(setting)


def _one_score(setting: Setting, dial: str) -> Loss:
    side = setting.guardrail.direction.value
    return Loss(
        kind=Lost.SENSITIVITY,
        subject=setting.label,
        what=f"all personal data of the {side} has one score, and it is that of {dial}",
        consequence=f"more is found than {setting.guardrail.sensitivity.name} asked for",
        effect=Effect.TIGHTER,
    )


def _one_action(setting: Setting) -> Loss:
    side = setting.guardrail.direction.value
    return Loss(
        kind=Lost.ACTION,
        subject=setting.label,
        what=f"all personal data of the {side} is blocked or all is masked, and some is blocked",
        consequence="whole messages are blocked where a part was to be taken out",
        effect=Effect.TIGHTER,
    )


TARGET = Target(
    name="nemo",
    engine="nemo",
    title=TITLE,
    write=write,
    read=read,
    observes=False,
    deploys="put the file into the folder of the configuration, and restart the server",
    routes="give each part of the traffic a 'config_id' of its own",
)
