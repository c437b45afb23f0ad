"""Lakera Guard: a policy and the project that it is assigned to, as the platform API takes them.

The shape with ``policy_mode: IO`` and a threshold for each detector is the documented one of
``POST /api/v1-beta/policies``. The levels are the ones that policies use. Whether detections are
flagged or only reported is the project's to say; what is blocked, the application's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from policyctl.core.diff.effect import Effect
from policyctl.core.engines.lakera_reading import read
from policyctl.core.engines.lakera_tables import DETECTORS, THRESHOLDS
from policyctl.core.engines.loss import (
    Loss,
    Lost,
    cut_short,
    no_detector,
    no_redaction,
)
from policyctl.core.engines.setting import Setting, Variant
from policyctl.core.engines.target import Document, Order, Provenance, Target, Written
from policyctl.core.sides import Action, Direction

__all__ = ["TARGET", "read", "write"]

TITLE = "Lakera Guard"
_LISTS = {Direction.INPUT: "input_detectors", Direction.OUTPUT: "output_detectors"}


def write(order: Order) -> Written:
    """A policy and a project for each configuration; two where some guardrails only log."""
    documents: list[Document] = []
    losses: list[Loss] = []
    for variant in order.variants:
        if variant.is_mixed:
            losses.append(_two_projects(variant))
        for name, acts, settings in _projects(variant):
            kept = [item for item in settings if item.guardrail.detector in DETECTORS]
            losses += (loss for item in settings for loss in _losses(item))
            documents += _pair(name, kept, order.provenance, acts=acts)
    return Written(documents=tuple(documents), losses=tuple(losses))


def _projects(variant: Variant) -> Iterator[tuple[str, bool, Sequence[Setting]]]:
    """Name, whether it acts, and guardrails of each project that a configuration needs."""
    if not variant.is_mixed:
        acts = any(item.acts for item in variant.settings)
        yield variant.name, acts, variant.settings
        return
    yield variant.name, True, [item for item in variant.settings if item.acts]
    yield f"{variant.name}.detect", False, [item for item in variant.settings if not item.acts]


def _pair(
    name: str, settings: Sequence[Setting], provenance: Provenance, *, acts: bool
) -> tuple[Document, Document]:
    policy: dict[str, Any] = {"name": name, "policy_mode": "IO"}
    for direction, key in _LISTS.items():
        policy[key] = [_detector(item) for item in settings if item.side[1] is direction]
    project = {
        "name": name,
        "policy": name,
        "action": "flag" if acts else "detect",
        "metadata": {
            "policyctl_policy": provenance.policy,
            "policyctl_entry": str(provenance.entry),
            "policyctl_sha256": provenance.digest,
        },
    }
    return (
        Document(name=f"{name}.lakera-policy.json", data=policy),
        Document(name=f"{name}.lakera-project.json", data=project),
    )


def _detector(setting: Setting) -> dict[str, Any]:
    guardrail = setting.guardrail
    made: dict[str, Any] = {
        "type": DETECTORS[guardrail.detector],
        "threshold": THRESHOLDS[guardrail.sensitivity],
    }
    if guardrail.allowed_domains:
        made["allowed_domains"] = [*guardrail.allowed_domains]
    return made


def _losses(setting: Setting) -> Iterator[Loss]:
    guardrail = setting.guardrail
    if guardrail.detector not in DETECTORS:
        if guardrail.words or guardrail.regex:
            yield _made_by_hand(setting)
        else:
            yield no_detector(setting, TITLE)
        return
    if guardrail.words or guardrail.regex:
        yield cut_short(setting, "its words and expressions have no place beside the detector")
    if guardrail.action is Action.REDACT:
        yield no_redaction(setting)


def _made_by_hand(setting: Setting) -> Loss:
    return Loss(
        kind=Lost.DETECTOR,
        subject=setting.label,
        what="custom detectors are made in Lakera's console; how its API takes them is not public",
        consequence="nothing looks for it until somebody makes it there",
        effect=Effect.LOOSER,
    )


def _two_projects(variant: Variant) -> Loss:
    return Loss(
        kind=Lost.STAGE,
        subject=variant.name,
        what="a project flags everything or nothing, so what only logs has one of its own",
        consequence="each message has to be sent to both projects",
        effect=Effect.UNKNOWN,
    )


TARGET = Target(
    name="lakera",
    engine="lakera",
    title=TITLE,
    write=write,
    read=read,
    observes=True,
    deploys="POST /api/v1-beta/policies, then /projects with the id that it answers",
    routes="send each part of the traffic with the 'project_id' of its configuration",
)
