"""OpenAI Guardrails: the JSON of a pipeline, as ``load_pipeline_bundles`` takes it.

Names of checks, their options and enumerations are those of ``openai-guardrails`` 0.3. A check acts
through its tripwire; only the calling code can suppress it, so nothing here can log alone.
``confidence_threshold`` is the least confidence that trips, so a lower one is stricter. Personal
data is masked in the stage ``pre_flight`` alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from policyctl.core.diff.effect import Effect
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
from policyctl.core.engines.openai_guardrails_reading import read
from policyctl.core.engines.openai_guardrails_tables import (
    CATEGORIES,
    CONFIDENCES,
    KEYWORDS,
    MODEL,
    PROMPT_CHECK,
    SECRETS,
    instruction,
    subject,
)
from policyctl.core.engines.presidio import ENTITIES
from policyctl.core.engines.setting import Setting, Variant
from policyctl.core.engines.target import Document, Order, Target, Written
from policyctl.core.sides import Action, Direction

__all__ = ["TARGET", "read", "write"]

TITLE = "OpenAI Guardrails"
_STAGES = {Direction.INPUT: "input", Direction.OUTPUT: "output"}
_WEAPONS = "moderated_content/weapons"


def write(order: Order) -> Written:
    """One pipeline for each configuration."""
    documents: list[Document] = []
    losses: list[Loss] = []
    for variant in order.variants:
        pipeline = _Pipeline(variant)
        losses += pipeline.losses
        documents.append(
            Document(name=f"{variant.name}.openai-guardrails.json", data=pipeline.data)
        )
    return Written(documents=tuple(documents), losses=tuple(losses))


class _Pipeline:
    """Sorts guardrails into stages and checks."""

    def __init__(self, variant: Variant) -> None:
        self.losses: list[Loss] = []
        self._checks: dict[str, list[dict[str, Any]]] = {
            "pre_flight": [],
            "input": [],
            "output": [],
        }
        self._shared: dict[tuple[str, str], dict[str, Any]] = {}
        for setting in variant.settings:
            self._take(setting)

    @property
    def data(self) -> dict[str, Any]:
        """The pipeline; stages without checks are left out, but one has to be there."""
        found = {
            stage: {"version": 1, "guardrails": checks}
            for stage, checks in self._checks.items()
            if checks
        }
        return {"version": 1, **(found or {"input": {"version": 1, "guardrails": []}})}

    def _take(self, setting: Setting) -> None:
        detector = setting.guardrail.detector
        stage = _STAGES[setting.guardrail.direction]
        if detector in CATEGORIES:
            self._listed(stage, "Moderation", "categories", CATEGORIES[detector])
            self.losses.append(no_dial(setting))
            if detector == _WEAPONS:
                self.losses.append(other_name(setting, "moderated_content/crime"))
        elif detector in ENTITIES:
            self._personal(setting, stage)
            return
        elif detector == "prompt_attack":
            self._attack(setting, stage)
        elif detector == "secrets":
            self._secrets(setting, stage)
        elif detector == "unknown_links":
            self._links(setting, stage)
        elif setting.guardrail.topics:
            self._topics(setting, stage)
        elif setting.guardrail.words:
            self._words(setting, stage)
        else:
            self.losses.append(no_detector(setting, TITLE))
            return
        if setting.guardrail.action is Action.REDACT:
            self.losses.append(no_redaction(setting))

    def _add(self, stage: str, name: str, config: dict[str, Any]) -> None:
        self._checks[stage].append({"name": name, "config": config})

    def _listed(
        self, stage: str, name: str, key: str, values: Sequence[str], **options: object
    ) -> None:
        """Put values into the one check of this name and stage."""
        place = (stage, f"{name}{options}")
        if place not in self._shared:
            self._shared[place] = {key: [], **options}
            self._add(stage, name, self._shared[place])
        listed = self._shared[place][key]
        listed += [value for value in values if value not in listed]
        listed.sort()

    def _personal(self, setting: Setting, stage: str) -> None:
        redacts = setting.guardrail.action is Action.REDACT
        if redacts and stage == "output":
            self.losses.append(no_redaction(setting))
        masks = redacts and stage == "input"
        entities = [ENTITIES[setting.guardrail.detector]]
        place = "pre_flight" if masks else stage
        self._listed(place, "Contains PII", "entities", entities, block=not masks)
        self.losses.append(no_dial(setting))

    def _attack(self, setting: Setting, stage: str) -> None:
        if stage == "output":
            self.losses.append(no_direction(setting))
            return
        confidence = CONFIDENCES[setting.guardrail.sensitivity]
        self._add(stage, "Jailbreak", {"model": MODEL, "confidence_threshold": confidence})

    def _secrets(self, setting: Setting, stage: str) -> None:
        guardrail = setting.guardrail
        config: dict[str, Any] = {"threshold": SECRETS[guardrail.sensitivity]}
        if guardrail.regex:
            config["custom_regex"] = [*guardrail.regex]
        if guardrail.words:
            self.losses.append(cut_short(setting, "its words have no place in 'Secret Keys'"))
        if guardrail.sensitivity.name == "L4":
            self.losses.append(merged_sensitivity(setting, "strict", "L3"))
        self._add(stage, "Secret Keys", config)

    def _links(self, setting: Setting, stage: str) -> None:
        domains = setting.guardrail.allowed_domains
        bare = sorted({name.removeprefix("*.") for name in domains})
        below = any(name.startswith("*.") for name in domains)
        told = {*bare, *(f"*.{name}" for name in bare if below)}
        if told != set(domains):
            self.losses.append(_all_subdomains(setting))
        self.losses.append(no_dial(setting))
        self._add(
            stage,
            "URL Filter",
            {
                "url_allow_list": bare,
                "allowed_schemes": ["https"],
                "block_userinfo": True,
                "allow_subdomains": below,
            },
        )

    def _topics(self, setting: Setting, stage: str) -> None:
        confidence = CONFIDENCES[setting.guardrail.sensitivity]
        for topic in setting.guardrail.topics:
            text = instruction(topic)
            if subject(text) != topic:
                self.losses.append(cut_short(setting, f"line breaks of '{topic.name}' are lost"))
            config = {
                "model": MODEL,
                "confidence_threshold": confidence,
                "system_prompt_details": text,
            }
            self._add(stage, "Custom Prompt Check", config)
        self.losses.append(other_name(setting, PROMPT_CHECK))

    def _words(self, setting: Setting, stage: str) -> None:
        if setting.guardrail.regex:
            self.losses.append(cut_short(setting, "its regular expressions have no place"))
        if setting.guardrail.detector != KEYWORDS:
            self.losses.append(other_name(setting, KEYWORDS))
        self.losses.append(no_dial(setting))
        self._listed(stage, "Keyword Filter", "keywords", setting.guardrail.words)


def _all_subdomains(setting: Setting) -> Loss:
    return Loss(
        kind=Lost.CONTENT,
        subject=setting.label,
        what="subdomains are allowed for all domains or for none",
        consequence="links to subdomains of every allowed domain, and to these themselves, pass",
        effect=Effect.LOOSER,
    )


TARGET = Target(
    name="openai-guardrails",
    engine="openai-guardrails",
    title=TITLE,
    write=write,
    read=read,
    observes=False,
    deploys="GuardrailsOpenAI(config=FILE)",
    routes="give each part of the traffic a client of its own",
)
