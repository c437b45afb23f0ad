"""What an engine cannot be told, and what follows from it."""

from __future__ import annotations

from enum import Enum

from policyctl.core.diff.effect import Effect
from policyctl.core.engines.setting import Setting
from policyctl.core.frozen import frozen


class Lost(Enum):
    """What kind of thing is lost. The value is stable: scripts name it."""

    DETECTOR = "detector"
    DIRECTION = "direction"
    SENSITIVITY = "sensitivity"
    ACTION = "action"
    CONTENT = "content"  # words, regular expressions, topics, allowed domains
    EXCEPTION = "exception"
    STAGE = "stage"
    SCOPE = "scope"  # apps, cohorts, share


@frozen
class Loss:
    """One thing that the policy says and the engine's configuration does not.

    Attributes:
        subject: the guardrail as ``detector (direction)``, an exception's id, or ``limited``.
        what: what is lost, as a clause without its subject: ``L4 becomes HIGH, which is L3 too``.
        consequence: what happens to traffic because of it, likewise.
        effect: what the engine does, seen from the policy: ``LOOSER`` lets more through.
    """

    kind: Lost
    subject: str
    what: str
    consequence: str
    effect: Effect


def no_detector(setting: Setting, engine: str) -> Loss:
    """The engine has nothing that finds what the guardrail is about."""
    return Loss(
        kind=Lost.DETECTOR,
        subject=setting.label,
        what=f"{engine} has no such detector",
        consequence="nothing looks for it there",
        effect=Effect.LOOSER,
    )


def merged_sensitivity(setting: Setting, told: str, like: str) -> Loss:
    """The engine's dial has fewer steps.

    Args:
        setting: the guardrail.
        told: the step that the engine gets, as it calls it.
        like: the sensitivity that the same step stands for.
    """
    level = setting.guardrail.sensitivity.name
    milder = level > like
    return Loss(
        kind=Lost.SENSITIVITY,
        subject=setting.label,
        what=f"{level} becomes {told}, as {like} does",
        consequence=(
            f"what {level} finds beyond {like} is not found"
            if milder
            else f"{like} finds more than {level} asked for"
        ),
        effect=Effect.LOOSER if milder else Effect.TIGHTER,
    )


def no_redaction(setting: Setting) -> Loss:
    """The engine can only block here."""
    return Loss(
        kind=Lost.ACTION,
        subject=setting.label,
        what="the engine cannot redact it",
        consequence="whole messages are blocked where a part was to be taken out",
        effect=Effect.TIGHTER,
    )


def no_dial(setting: Setting) -> Loss:
    """The engine finds it or does not, whatever the sensitivity."""
    return Loss(
        kind=Lost.SENSITIVITY,
        subject=setting.label,
        what="the engine has no dial for it",
        consequence="it finds the same at every sensitivity",
        effect=Effect.UNKNOWN,
    )


def no_direction(setting: Setting) -> Loss:
    """The engine looks for it on the other side of the model only."""
    return Loss(
        kind=Lost.DIRECTION,
        subject=setting.label,
        what=f"the engine does not look for it in the {setting.guardrail.direction.value}",
        consequence="nothing looks for it there",
        effect=Effect.LOOSER,
    )


def other_name(setting: Setting, name: str) -> Loss:
    """The guardrail does its work under a name that is not its own."""
    return Loss(
        kind=Lost.CONTENT,
        subject=setting.label,
        what=f"it becomes part of '{name}'",
        consequence="detection records name that, not the guardrail",
        effect=Effect.NEUTRAL,
    )


def cut_short(setting: Setting, what: str) -> Loss:
    """Content that the engine has no room for.

    Args:
        setting: the guardrail.
        what: what is left out, as a clause.
    """
    return Loss(
        kind=Lost.CONTENT,
        subject=setting.label,
        what=what,
        consequence="the engine may find something else than the policy describes",
        effect=Effect.UNKNOWN,
    )
