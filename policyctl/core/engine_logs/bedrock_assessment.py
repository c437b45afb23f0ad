"""One assessment of a Bedrock guardrail: its five policies, and the facts that each item states.

Confidences are HIGH, MEDIUM and LOW. A filter of strength LOW acts on HIGH alone, MEDIUM also on
MEDIUM, HIGH on all three; so they are L1, L2 and L3. Grounding scores fall as confidence in a
detection rises.
"""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.engine_logs.answer import Answer
from policyctl.core.engine_logs.fields import Fields, flag, number, part, parts, slug, text
from policyctl.core.engine_logs.level_table import Cuts, LevelTable, level_of
from policyctl.core.levels import Level
from policyctl.core.sides import Direction
from policyctl.core.unusable import UnusableError

CONTENT = {
    "HATE": "moderated_content/hate",
    "INSULTS": "moderated_content/harassment",
    "MISCONDUCT": "moderated_content/crime",
    "PROMPT_ATTACK": "prompt_attack",
    "SEXUAL": "moderated_content/sexual",
    "VIOLENCE": "moderated_content/violence",
}
PERSONAL = {
    "ADDRESS": "pii/address",
    "AWS_ACCESS_KEY": "secrets/aws_access_key",
    "AWS_SECRET_KEY": "secrets/aws_secret_key",
    "CREDIT_DEBIT_CARD_NUMBER": "pii/credit_card",
    "EMAIL": "pii/email",
    "INTERNATIONAL_BANK_ACCOUNT_NUMBER": "pii/iban_code",
    "IP_ADDRESS": "pii/ip_address",
    "NAME": "pii/name",
    "PASSWORD": "secrets/password",
    "PHONE": "pii/phone_number",
    "US_SOCIAL_SECURITY_NUMBER": "pii/us_social_security_number",
}
_CONFIDENCES = {
    "HIGH": Level.L1_CONFIDENT,
    "MEDIUM": Level.L2_VERY_LIKELY,
    "LOW": Level.L3_LIKELY,
    "NONE": None,
}
_UNGROUNDED: Cuts = (0.5, 0.3, 0.15, 0.05)
"""Of one minus the score: what thresholds of 0.5, 0.7, 0.85 and 0.95 would act on."""

_ACTED = {"BLOCKED": True, "ANONYMIZED": True, "NONE": False, "": None}


def answers_of(
    assessment: Fields, direction: Direction | None, levels: LevelTable
) -> Iterator[Answer]:
    """What each item of an assessment says."""
    version = text(part(assessment, "appliedGuardrailDetails"), "guardrailVersion")
    for detector, item, level in _items(assessment, levels):
        detected = flag(item, "detected")
        if detected is None:
            detected = level is not None
        action = text(item, "action")
        if action not in _ACTED:
            raise UnusableError("the 'action' of an item is unknown")
        yield Answer(
            detector=detector,
            level=level,
            direction=direction,
            detected=detected,
            would_block=detected,
            blocked=_ACTED[action] if detected else False,
            version=version,
        )


def _items(assessment: Fields, levels: LevelTable) -> Iterator[tuple[str, Fields, Level | None]]:
    for item in parts(part(assessment, "contentPolicy"), "filters"):
        confidence = text(item, "confidence")
        if confidence not in _CONFIDENCES:
            raise UnusableError("the 'confidence' of a filter is unknown")
        kind = text(item, "type")
        yield CONTENT.get(kind) or f"custom/{slug(kind)}", item, _CONFIDENCES[confidence]
    for detector, item in _plain(assessment):
        found = flag(item, "detected") is not False
        yield detector, item, levels.detection(detector, None) if found else None
    for item in parts(part(assessment, "contextualGroundingPolicy"), "filters"):
        score = number(item, "score")
        if score is None:
            raise UnusableError("a grounding filter has no 'score'")
        detector = f"custom/{slug(text(item, 'type'))}"
        yield detector, item, level_of(1 - score, levels.cuts_of(detector) or _UNGROUNDED)


def _plain(assessment: Fields) -> Iterator[tuple[str, Fields]]:
    """Items that are a match or none, without a confidence."""
    for item in parts(part(assessment, "topicPolicy"), "topics"):
        yield f"topic/{slug(text(item, 'name'))}", item
    words = part(assessment, "wordPolicy")
    for item in parts(words, "customWords"):
        yield "custom/words", item
    for item in parts(words, "managedWordLists"):
        own = text(item, "type") == "PROFANITY"
        yield "moderated_content/profanity" if own else f"custom/{slug(text(item, 'type'))}", item
    sensitive = part(assessment, "sensitiveInformationPolicy")
    for item in parts(sensitive, "piiEntities"):
        kind = text(item, "type")
        yield PERSONAL.get(kind) or f"custom/pii_{slug(kind)}", item
    for item in parts(sensitive, "regexes"):
        yield f"custom/{slug(text(item, 'name'))}", item
