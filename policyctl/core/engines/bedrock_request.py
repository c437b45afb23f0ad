"""The request of ``CreateGuardrail``: guardrails sorted into Bedrock's own kinds of policies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from policyctl.core.canonical import sha256
from policyctl.core.diff.effect import Effect
from policyctl.core.engine_logs.fields import slug
from policyctl.core.engines import bedrock_tables as tables
from policyctl.core.engines.loss import (
    Loss,
    Lost,
    cut_short,
    merged_sensitivity,
    no_detector,
    no_dial,
    no_direction,
    no_redaction,
    other_name,
)
from policyctl.core.engines.setting import Setting, Variant
from policyctl.core.engines.target import Provenance
from policyctl.core.levels import Sensitivity
from policyctl.core.policy import Topic
from policyctl.core.sides import Action, Direction

TITLE = "Amazon Bedrock Guardrails"
_HELD = 8  # characters of a digest that keep shortened names apart


def request(variant: Variant, provenance: Provenance) -> tuple[dict[str, Any], tuple[Loss, ...]]:
    """The request for one configuration, and what it cannot say."""
    parts = _Parts(variant)
    data: dict[str, Any] = {
        "name": name_of(variant.name),
        "description": provenance.mark[: tables.LONGEST_DESCRIPTION],
        "blockedInputMessaging": "This request was blocked by a guardrail.",
        "blockedOutputsMessaging": "This answer was blocked by a guardrail.",
        **parts.policies(),
        "tags": [
            {"key": "policyctl-policy", "value": provenance.policy},
            {"key": "policyctl-entry", "value": str(provenance.entry)},
            {"key": "policyctl-sha256", "value": provenance.digest},
        ],
    }
    return data, tuple(parts.losses)


def name_of(variant: str) -> str:
    """A configuration's name in the 50 characters that Bedrock takes."""
    if len(variant) <= tables.LONGEST_NAME:
        return variant
    held = sha256(variant.encode())[:_HELD]
    return f"{variant[: tables.LONGEST_NAME - _HELD - 1]}-{held}"


class _Parts:
    """The guardrails of one configuration, sorted."""

    def __init__(self, variant: Variant) -> None:
        self.losses: list[Loss] = []
        self._filters: dict[str, dict[str, Any]] = {}
        self._managed: dict[str, dict[str, Any]] = {}
        self._entities: dict[str, dict[str, Any]] = {}
        self._words: dict[str, dict[str, Any]] = {}
        self._expressions: dict[tuple[str, str], dict[str, Any]] = {}
        self._topics: dict[str, dict[str, Any]] = {}
        for setting in variant.settings:
            self._take(setting)

    def policies(self) -> dict[str, Any]:
        """The parts of the request; Bedrock takes no empty lists."""
        lists: dict[tuple[str, str], Mapping[Any, dict[str, Any]]] = {
            ("contentPolicyConfig", "filtersConfig"): self._filters,
            ("topicPolicyConfig", "topicsConfig"): self._topics,
            ("wordPolicyConfig", "wordsConfig"): self._words,
            ("wordPolicyConfig", "managedWordListsConfig"): self._managed,
            ("sensitiveInformationPolicyConfig", "piiEntitiesConfig"): self._entities,
            ("sensitiveInformationPolicyConfig", "regexesConfig"): self._expressions,
        }
        found: dict[str, Any] = {}
        for (policy, key), items in lists.items():
            if items:
                found.setdefault(policy, {})[key] = [*items.values()]
        return found

    def _take(self, setting: Setting) -> None:
        guardrail = setting.guardrail
        known = True
        if guardrail.detector in tables.FILTERS:
            self._filter(setting)
        elif guardrail.detector == tables.PROFANITY:
            made = {"type": "PROFANITY"}
            _side(self._managed.setdefault("PROFANITY", _off(made)), setting, redacts=False)
            self._plain(setting, redacts=False)
        elif guardrail.detector in tables.ENTITIES:
            self._entity(setting)
        else:
            known = False
        own = (guardrail.topics, guardrail.words, guardrail.regex)
        if any(own):
            self._own(setting)
        elif not known:
            self.losses.append(no_detector(setting, TITLE))

    def _plain(self, setting: Setting, *, redacts: bool) -> None:
        """What has no dial, and may not know how to redact either."""
        self.losses.append(no_dial(setting))
        if not redacts and setting.guardrail.action is Action.REDACT:
            self.losses.append(no_redaction(setting))

    def _filter(self, setting: Setting) -> None:
        guardrail = setting.guardrail
        kind, side = tables.FILTERS[guardrail.detector], tables.SIDES[guardrail.direction]
        if kind == "PROMPT_ATTACK" and guardrail.direction is Direction.OUTPUT:
            self.losses.append(no_direction(setting))
            return
        strengths = {"inputStrength": "NONE", "outputStrength": "NONE"}
        item = self._filters.setdefault(kind, _off({"type": kind, **strengths}))
        item[f"{side}Strength"] = tables.STRENGTHS[guardrail.sensitivity]
        _side(item, setting, redacts=False)
        if guardrail.sensitivity is Sensitivity.L4:
            told = tables.STRENGTHS[guardrail.sensitivity]
            self.losses.append(merged_sensitivity(setting, told, Sensitivity.L3.name))
        if guardrail.action is Action.REDACT:
            self.losses.append(no_redaction(setting))

    def _entity(self, setting: Setting) -> None:
        detector = setting.guardrail.detector
        for kind in tables.ENTITIES[detector]:
            made = {"type": kind, "action": "NONE"}
            _side(self._entities.setdefault(kind, _off(made)), setting, redacts=True)
        if detector == "secrets":
            self.losses.append(_some_secrets(setting))
        self._plain(setting, redacts=True)

    def _own(self, setting: Setting) -> None:
        """Topics, words and expressions of the organisation."""
        guardrail = setting.guardrail
        for topic in guardrail.topics:
            self._topic(setting, topic)
        for number, word in enumerate(guardrail.words):
            if len(word) > tables.LONGEST_WORD or len(self._words) >= tables.MOST_WORDS:
                self.losses.append(cut_short(setting, f"word {number + 1} has no room"))
                continue
            _side(self._words.setdefault(word, _off({"text": word})), setting, redacts=False)
        if guardrail.words:
            if guardrail.detector != tables.WORDS:
                self.losses.append(other_name(setting, tables.WORDS))
            self._plain(setting, redacts=False)
        if guardrail.topics:
            self._plain(setting, redacts=False)
        if guardrail.regex:
            self._match(setting)

    def _match(self, setting: Setting) -> None:
        guardrail = setting.guardrail
        name = slug(guardrail.detector.removeprefix("custom/"))
        for pattern in guardrail.regex:
            key = (guardrail.detector, pattern)
            full = len(self._expressions) >= tables.MOST_EXPRESSIONS
            if len(pattern) > tables.LONGEST_EXPRESSION or (full and key not in self._expressions):
                self.losses.append(cut_short(setting, "an expression has no room"))
                continue
            number = sum(detector == guardrail.detector for detector, _ in self._expressions) + 1
            made = {"name": name if number == 1 else f"{name}_{number}", "pattern": pattern}
            item = self._expressions.setdefault(key, _off({**made, "action": "NONE"}))
            _side(item, setting, redacts=True)
            if f"custom/{item['name']}" != guardrail.detector:
                self.losses.append(other_name(setting, f"custom/{item['name']}"))
        self._plain(setting, redacts=True)

    def _topic(self, setting: Setting, topic: Topic) -> None:
        name = tables.topic_name(topic.name)
        if name not in self._topics and len(self._topics) >= tables.MOST_TOPICS:
            self.losses.append(cut_short(setting, f"topic '{topic.name}' has no room"))
            return
        examples = [text[: tables.LONGEST_EXAMPLE] for text in topic.examples]
        made: dict[str, Any] = {
            "name": name,
            "definition": topic.definition[: tables.LONGEST_DEFINITION],
            "type": "DENY",
        }
        if examples:
            made["examples"] = examples[: tables.MOST_EXAMPLES]
        item = self._topics.setdefault(name, _off(made))
        told = Topic(
            name=item["name"],
            definition=item["definition"],
            examples=tuple(item.get("examples", ())),
        )
        if told != topic:
            self.losses.append(cut_short(setting, f"topic '{topic.name}' is told in fewer words"))
        if f"topic/{slug(name)}" != setting.guardrail.detector:
            self.losses.append(other_name(setting, f"topic/{slug(name)}"))
        _side(item, setting, redacts=False)


def _off(item: dict[str, Any]) -> dict[str, Any]:
    """An item that is switched off on both sides."""
    for side in tables.SIDES.values():
        item |= {f"{side}Action": "NONE", f"{side}Enabled": False}
    return item


def _side(item: dict[str, Any], setting: Setting, *, redacts: bool) -> None:
    """Switch an item on for the setting's side; the harder action counts where two ask."""
    side = tables.SIDES[setting.guardrail.direction]
    item[f"{side}Enabled"] = True
    if not setting.acts:
        return
    masks = redacts and setting.guardrail.action is Action.REDACT
    wanted = "ANONYMIZE" if masks else "BLOCK"
    for key in (f"{side}Action", "action"):
        if key in item and item[key] != "BLOCK":
            item[key] = wanted


def _some_secrets(setting: Setting) -> Loss:
    return Loss(
        kind=Lost.DETECTOR,
        subject=setting.label,
        what="Bedrock knows AWS keys and passwords, and no other secrets",
        consequence="other keys and tokens pass, unless expressions of the policy find them",
        effect=Effect.LOOSER,
    )


def pascal(value: Any) -> Any:
    """The request as CloudFormation spells it."""
    if isinstance(value, dict):
        return {key[0].upper() + key[1:]: pascal(item) for key, item in value.items()}
    return [pascal(item) for item in value] if isinstance(value, list) else value
