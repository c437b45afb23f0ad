"""Azure AI content filters: an RAI policy, as `az rest` puts it and the management API shows it.

Fields and enumerations are those of ``azure-mgmt-cognitiveservices`` 14.1 (``RaiPolicy``).
``severityThreshold`` names the mildest severity that is flagged, so ``Low`` is the strictest step.
``enabled: true`` with ``blocking: false`` annotates and does nothing. Jailbreak and profanity have
no threshold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from policyctl.core.engines.loss import (
    Loss,
    merged_sensitivity,
    no_detector,
    no_dial,
    no_direction,
    no_redaction,
)
from policyctl.core.engines.reading import Part, read_each
from policyctl.core.engines.setting import Setting, Variant
from policyctl.core.engines.target import Document, Order, Raw, Running, Target, Written
from policyctl.core.levels import Sensitivity
from policyctl.core.policy import Guardrail
from policyctl.core.sides import Action, Direction
from policyctl.errors import InputError

TITLE = "Azure AI content filters"
SOURCES: Mapping[Direction, str] = {Direction.INPUT: "Prompt", Direction.OUTPUT: "Completion"}
LEVELLED: Mapping[str, str] = {
    "moderated_content/hate": "Hate",
    "moderated_content/self_harm": "Selfharm",
    "moderated_content/sexual": "Sexual",
    "moderated_content/violence": "Violence",
}
PLAIN: Mapping[str, str] = {
    "moderated_content/profanity": "Profanity",
    "prompt_attack": "Jailbreak",
}
THRESHOLDS: Mapping[Sensitivity, str] = {
    Sensitivity.L1: "High",
    Sensitivity.L2: "Medium",
    Sensitivity.L3: "Low",
    Sensitivity.L4: "Low",
}
_UNDIALLED = Sensitivity.L2
_DETECTORS = {name: detector for detector, name in (*LEVELLED.items(), *PLAIN.items())}
_DIRECTIONS = {source: direction for direction, source in SOURCES.items()}
_SENSITIVITIES = {THRESHOLDS[level]: level for level in reversed(Sensitivity)}


def write(order: Order) -> Written:
    """One RAI policy for each configuration."""
    losses: list[Loss] = []
    documents = tuple(
        Document(name=f"{variant.name}.rai-policy.json", data=_policy(variant, order, losses))
        for variant in order.variants
    )
    return Written(documents=documents, losses=tuple(losses))


def read(raws: Sequence[Raw]) -> tuple[Running, ...]:
    """The RAI policies in these files: one each, or a list as ``az rest`` prints it.

    Raises:
        InputError: a file holds no RAI policy.
    """
    return read_each(raws, _running)


def _policy(variant: Variant, order: Order, losses: list[Loss]) -> dict[str, Any]:
    filters: list[dict[str, Any]] = []
    for setting in variant.settings:
        missed = _misfit(setting)
        if missed is not None:
            losses.append(missed)
            continue
        losses += _losses(setting)
        filters.append(_filter(setting))
    return {
        "name": variant.name,
        "properties": {
            "basePolicyName": "Microsoft.DefaultV2",
            "mode": "Blocking",
            "contentFilters": filters,
        },
        "tags": {
            "policyctl-policy": order.provenance.policy,
            "policyctl-entry": str(order.provenance.entry),
            "policyctl-sha256": order.provenance.digest,
        },
    }


def _filter(setting: Setting) -> dict[str, Any]:
    guardrail = setting.guardrail
    made: dict[str, Any] = {
        "name": LEVELLED.get(guardrail.detector) or PLAIN[guardrail.detector],
        "enabled": True,
        "blocking": setting.acts,
        "source": SOURCES[guardrail.direction],
    }
    if guardrail.detector in LEVELLED:
        made["severityThreshold"] = THRESHOLDS[guardrail.sensitivity]
    return made


def _misfit(setting: Setting) -> Loss | None:
    """Why a guardrail is left out, or None."""
    guardrail = setting.guardrail
    if guardrail.detector not in _DETECTORS.values():
        return no_detector(setting, TITLE)
    if guardrail.detector == "prompt_attack" and guardrail.direction is Direction.OUTPUT:
        return no_direction(setting)
    return None


def _losses(setting: Setting) -> Iterator[Loss]:
    guardrail = setting.guardrail
    if guardrail.detector in PLAIN:
        yield no_dial(setting)
    elif guardrail.sensitivity is Sensitivity.L4:
        yield merged_sensitivity(setting, THRESHOLDS[Sensitivity.L4], Sensitivity.L3.name)
    if guardrail.action is Action.REDACT:
        yield no_redaction(setting)


def _running(raw: Raw) -> Iterator[Running]:
    whole = Part.of(raw.data, "")
    parts = [*whole.parts("value")] if "value" in whole else [whole]
    for part in parts:
        properties = part.part("properties")
        if properties is None or "contentFilters" not in properties:
            raise InputError(
                "no RAI policy: 'properties.contentFilters' is missing",
                hint="az rest --method get --url …/raiPolicies/NAME?api-version=2024-10-01",
            )
        name = part.text("name")
        properties.expect("basePolicyName", "mode")
        tags = part.part("tags")
        mark = tags.text("policyctl-sha256") if tags else ""
        if tags:
            tags.expect("policyctl-policy", "policyctl-entry")
        settings = tuple(
            setting
            for item in properties.parts("contentFilters")
            if (setting := _setting(item)) is not None
        )
        yield Running(
            name=name,
            settings=settings,
            unread=part.all_unread(),
            surplus=part.surplus(),
            mark=mark,
        )


def _setting(item: Part) -> Setting | None:
    """What a filter does; None where it is off or unknown."""
    if not item.flag("enabled", default=True):
        return None
    name, source = item.text("name"), item.text("source", "Prompt")
    if name not in _DETECTORS:
        item.unknown(f"policies have no detector for the filter '{name}'", "name")
        return None
    if source not in _DIRECTIONS:
        item.unknown(f"the source '{source}' is neither Prompt nor Completion", "source")
        return None
    detector = _DETECTORS[name]
    sensitivity = _UNDIALLED
    if detector in LEVELLED:
        threshold = item.text("severityThreshold", item.text("allowedContentLevel", "Medium"))
        if threshold not in _SENSITIVITIES:
            item.unknown(f"the threshold '{threshold}' is not Low, Medium or High")
            return None
        sensitivity = _SENSITIVITIES[threshold]
    guardrail = Guardrail(
        detector=detector,
        direction=_DIRECTIONS[source],
        action=Action.BLOCK,
        sensitivity=sensitivity,
    )
    return Setting(guardrail=guardrail, acts=item.flag("blocking", default=True))


TARGET = Target(
    name="azure",
    engine="azure",
    title=TITLE,
    write=write,
    read=read,
    observes=True,
    deploys="az rest --method put --url …/raiPolicies/NAME?api-version=2024-10-01 --body @FILE",
    routes="give each part of the traffic a deployment of its own with 'raiPolicyName'",
)
