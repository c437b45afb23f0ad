"""Google Model Armor: templates, as `gcloud` and the REST API take and print them.

Fields and enumerations are those of ``google-cloud-modelarmor`` 0.7 (``modelarmor_v1.Template``).
``confidenceLevel`` names the least confidence that is flagged, so ``LOW_AND_ABOVE`` is the
strictest step. A template is either enforced or inspected only, and knows no direction: each
direction gets one of its own, and where some guardrails act and others only log, two.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from policyctl.core.diff.effect import Effect
from policyctl.core.engines.loss import (
    Loss,
    Lost,
    merged_sensitivity,
    no_dial,
    no_redaction,
    other_name,
)
from policyctl.core.engines.loss import no_detector as not_there
from policyctl.core.engines.model_armor_reading import read
from policyctl.core.engines.model_armor_tables import (
    BASIC_DATA,
    CONFIDENCES,
    DANGEROUS,
    RESPONSIBLE,
)
from policyctl.core.engines.setting import Setting, Variant
from policyctl.core.engines.target import Document, Order, Provenance, Target, Written
from policyctl.core.levels import Sensitivity
from policyctl.core.sides import Action, Direction

__all__ = ["TARGET", "read", "write"]

TITLE = "Google Model Armor"
_LABEL = 63  # characters of a label's value


def write(order: Order) -> Written:
    """A template for each direction of each configuration."""
    documents: list[Document] = []
    losses: list[Loss] = []
    for variant in order.variants:
        if variant.is_mixed:
            losses.append(_two_templates(variant))
        made = [(side, _Template(chosen)) for side, chosen in _sides(variant)]
        losses += (loss for _, template in made for loss in template.losses)
        # A configuration without any filter is one too: it replaces what may run there.
        filled = [item for item in made if item[1].filters] or made[-1:]
        documents += (
            _document(template, variant, order.provenance, *side) for side, template in filled
        )
    return Written(documents=tuple(documents), losses=tuple(losses))


def _sides(variant: Variant) -> Iterator[tuple[tuple[Direction, bool], list[Setting]]]:
    """The guardrails by direction, and by whether they act."""
    for direction in Direction:
        for acts in (True, False):
            yield (
                (direction, acts),
                [
                    item
                    for item in variant.settings
                    if (item.side[1], item.acts) == (direction, acts)
                ],
            )


def _document(
    made: _Template, variant: Variant, provenance: Provenance, direction: Direction, acts: bool
) -> Document:
    mixed = variant.is_mixed and not acts
    name = f"{variant.name}.{direction.value}{'-inspect' if mixed else ''}.model-armor.json"
    return Document(
        name=name,
        data={
            "labels": {
                "policyctl-configuration": variant.name[:_LABEL],
                "policyctl-direction": direction.value,
                "policyctl-policy": provenance.policy[:_LABEL],
                "policyctl-entry": str(provenance.entry),
                "policyctl-sha256": provenance.digest[:_LABEL],
            },
            "filterConfig": made.filters,
            "templateMetadata": {
                "enforcementType": "INSPECT_AND_BLOCK" if acts else "INSPECT_ONLY",
                "logSanitizeOperations": True,
                "logTemplateOperations": True,
            },
        },
    )


def _two_templates(variant: Variant) -> Loss:
    return Loss(
        kind=Lost.STAGE,
        subject=variant.name,
        what="a template acts as a whole or not at all, so what only logs has one of its own",
        consequence="each message has to be sent to both templates of its direction",
        effect=Effect.UNKNOWN,
    )


class _Template:
    """The filters for guardrails of one direction that all act, or all only log."""

    def __init__(self, settings: Sequence[Setting]) -> None:
        self.losses: list[Loss] = []
        self._responsible: dict[str, Sensitivity] = {}
        self._attack: Sensitivity | None = None
        self._data = self._links = False
        for setting in settings:
            self._take(setting)
        self._tell_dangerous(settings)

    @property
    def filters(self) -> dict[str, Any]:
        """The template's ``filterConfig``; empty if there is nothing to filter."""
        found: dict[str, Any] = {}
        if self._responsible:
            found["raiSettings"] = {
                "raiFilters": [
                    {"filterType": kind, "confidenceLevel": CONFIDENCES[dial]}
                    for kind, dial in sorted(self._responsible.items())
                ]
            }
        if self._attack is not None:
            found["piAndJailbreakFilterSettings"] = {
                "filterEnforcement": "ENABLED",
                "confidenceLevel": CONFIDENCES[self._attack],
            }
        if self._links:
            found["maliciousUriFilterSettings"] = {"filterEnforcement": "ENABLED"}
        if self._data:
            found["sdpSettings"] = {"basicConfig": {"filterEnforcement": "ENABLED"}}
        return found

    def _take(self, setting: Setting) -> None:
        guardrail = setting.guardrail
        detector = guardrail.detector
        if detector in RESPONSIBLE:
            kind = RESPONSIBLE[detector]
            dial = guardrail.sensitivity
            self._responsible[kind] = max(dial, self._responsible.get(kind, dial))
            self._tell_dial(setting)
        elif detector == "prompt_attack":
            self._attack = guardrail.sensitivity
            self._tell_dial(setting)
        elif detector == "unknown_links":
            self._links = True
            self.losses += (_malicious_only(setting), no_dial(setting))
        elif detector in BASIC_DATA:
            self._data = True
            self.losses.append(no_dial(setting))
        elif detector.startswith(("pii/", "secrets")):
            self.losses.append(_needs_template(setting))
            return
        else:
            self.losses.append(not_there(setting, TITLE))
            return
        if guardrail.action is Action.REDACT:
            self.losses.append(no_redaction(setting))

    def _tell_dial(self, setting: Setting) -> None:
        dial = setting.guardrail.sensitivity
        if dial is Sensitivity.L4:
            self.losses.append(merged_sensitivity(setting, CONFIDENCES[dial], "L3"))

    def _tell_dangerous(self, settings: Sequence[Setting]) -> None:
        """One filter and one dial stand for three detectors."""
        dial = self._responsible.get("DANGEROUS")
        for setting in settings:
            detector = setting.guardrail.detector
            if dial is None or RESPONSIBLE.get(detector) != "DANGEROUS":
                continue
            if detector != DANGEROUS:
                self.losses.append(other_name(setting, "DANGEROUS"))
            if setting.guardrail.sensitivity is not dial:
                self.losses.append(_shared_dial(setting, dial))


def _shared_dial(setting: Setting, dial: Sensitivity) -> Loss:
    return Loss(
        kind=Lost.SENSITIVITY,
        subject=setting.label,
        what=f"DANGEROUS has one dial for crime, violence and weapons, and it is {dial.name}",
        consequence=f"more is found than {setting.guardrail.sensitivity.name} asked for",
        effect=Effect.TIGHTER,
    )


def _malicious_only(setting: Setting) -> Loss:
    return Loss(
        kind=Lost.DETECTOR,
        subject=setting.label,
        what="Model Armor knows malicious links, not unknown ones, and no domains of yours",
        consequence="links to domains that nobody allowed pass unless they are known to be bad",
        effect=Effect.LOOSER,
    )


def _needs_template(setting: Setting) -> Loss:
    return Loss(
        kind=Lost.DETECTOR,
        subject=setting.label,
        what="the basic configuration of Sensitive Data Protection does not look for it",
        consequence="nothing looks for it until an inspection template of yours does "
        "(sdpSettings.advancedConfig)",
        effect=Effect.LOOSER,
    )


TARGET = Target(
    name="model-armor",
    engine="model-armor",
    title=TITLE,
    write=write,
    read=read,
    observes=True,
    deploys="curl -X POST …/templates?template_id=NAME -d @FILE, or PATCH for an existing one",
    routes="send each part of the traffic to the templates of its configuration",
)
