"""Google Model Armor: answers of its API, and what it writes to Cloud Logging.

A filter that was skipped gave no answer. A confidence is how sure the filter is; whether that was
enough for the template is the match. HIGH, MEDIUM_AND_ABOVE and LOW_AND_ABOVE are L1, L2 and L3.
"""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.engine_logs.answer import Answer, Message
from policyctl.core.engine_logs.fields import Fields, objects, part, parts, slug, text
from policyctl.core.engine_logs.level_table import LevelTable
from policyctl.core.frozen import replace
from policyctl.core.levels import Level
from policyctl.core.record import Status
from policyctl.core.sides import Direction
from policyctl.core.unusable import UnusableError

_RESPONSIBLE = {
    "dangerous": "moderated_content/crime",
    "harassment": "moderated_content/harassment",
    "hate_speech": "moderated_content/hate",
    "sexually_explicit": "moderated_content/sexual",
}
_WHOLE = {
    "piAndJailbreakFilterResult": "prompt_attack",
    "maliciousUriFilterResult": "unknown_links",
    "csamFilterFilterResult": "custom/csam",
    "virusScanFilterResult": "custom/virus_scan",
}
_PERSONAL = {
    "CREDIT_CARD_NUMBER": "pii/credit_card",
    "EMAIL_ADDRESS": "pii/email",
    "IBAN_CODE": "pii/iban_code",
    "IP_ADDRESS": "pii/ip_address",
    "PERSON_NAME": "pii/name",
    "PHONE_NUMBER": "pii/phone_number",
    "STREET_ADDRESS": "pii/address",
    "US_SOCIAL_SECURITY_NUMBER": "pii/us_social_security_number",
}
_CONFIDENCES = {
    "HIGH": Level.L1_CONFIDENT,
    "MEDIUM_AND_ABOVE": Level.L2_VERY_LIKELY,
    "LOW_AND_ABOVE": Level.L3_LIKELY,
}
_LIKELIHOODS = {
    "VERY_LIKELY": Level.L1_CONFIDENT,
    "LIKELY": Level.L2_VERY_LIKELY,
    "POSSIBLE": Level.L3_LIKELY,
    "UNLIKELY": Level.L4_LESS_LIKELY,
    "VERY_UNLIKELY": Level.L5_UNLIKELY,
}
_SIDES = {"SANITIZE_USER_PROMPT": Direction.INPUT, "SANITIZE_MODEL_RESPONSE": Direction.OUTPUT}
_CORRELATION = "modelarmor.googleapis.com/client_correlation_id"


def read(data: Fields, levels: LevelTable) -> Message:
    """The message that an answer or a log entry of Model Armor is about."""
    payload = part(data, "jsonPayload") or data
    result = part(payload, "sanitizationResult", "sanitization_result")
    filters = part(result, "filterResults", "filter_results")
    if not filters:
        raise UnusableError("the entry has no 'sanitizationResult' with 'filterResults'")
    allowed = text(result, "sanitizationVerdict").endswith("_ALLOW")
    side = _SIDES.get(text(payload, "operationType"))
    answers = [answer for _, one in objects(filters) for answer in _answers(one, levels)]
    return Message(
        answers=tuple(
            # Only an integrated service blocks by itself; of the API's answer the caller decides.
            replace(one, direction=side, blocked=False if allowed or not one.detected else None)
            for one in answers
        ),
        time=text(data, "timestamp"),
        request_id=text(part(data, "labels"), _CORRELATION) or text(data, "insertId"),
    )


def _answers(filtered: Fields, levels: LevelTable) -> Iterator[Answer]:
    for name, result in objects(filtered):
        kind = _camel(name)
        if kind == "raiFilterResult":
            yield from _responsible(result, levels)
        elif kind == "sdpFilterResult":
            yield from _sensitive(result, levels)
        elif kind in _WHOLE:
            yield _one(result, _WHOLE[kind], levels)
        else:
            raise UnusableError("a filter's result is unknown")


def _responsible(result: Fields, levels: LevelTable) -> Iterator[Answer]:
    kinds = part(result, "raiFilterTypeResults", "rai_filter_type_results")
    for name, found in objects(kinds):
        detector = _RESPONSIBLE.get(name.lower()) or f"custom/{slug(name)}"
        yield _one({**_state(result), **found}, detector, levels)
    if not kinds:
        yield _one(result, "moderated_content", levels)


def _sensitive(result: Fields, levels: LevelTable) -> Iterator[Answer]:
    inspected = part(result, "inspectResult", "inspect_result")
    altered = part(result, "deidentifyResult", "deidentify_result")
    kinds = altered.get("infoTypes", altered.get("info_types"))
    findings = parts(inspected, "findings")
    if not (findings or kinds):
        yield _one(inspected or altered, "pii", levels)
    for finding in findings:
        detector = _info_type(text(finding, "infoType", "info_type"))
        level = _LIKELIHOODS.get(text(finding, "likelihood"))
        yield _found(detector, level or levels.detection(detector, None))
    for kind in kinds if isinstance(kinds, list) else ():
        detector = _info_type(str(kind))
        yield _found(detector, levels.detection(detector, None))


def _info_type(kind: str) -> str:
    return _PERSONAL.get(kind) or f"custom/pii_{slug(kind)}"


def _found(detector: str, level: Level) -> Answer:
    return Answer(detector=detector, level=level, detected=True, would_block=True)


def _one(result: Fields, detector: str, levels: LevelTable) -> Answer:
    if text(result, "executionState", "execution_state") == "EXECUTION_SKIPPED":
        return Answer(detector=detector, status=Status.ERROR)
    match text(result, "matchState", "match_state"):
        case "MATCH_FOUND":
            detected = True
        case "NO_MATCH_FOUND":
            detected = False
        case _:
            raise UnusableError("a filter's result has no 'matchState'")
    level = _CONFIDENCES.get(text(result, "confidenceLevel", "confidence_level"))
    if level is None and detected:
        level = levels.detection(detector, None)
    return Answer(detector=detector, level=level, detected=detected, would_block=detected)


def _state(result: Fields) -> Fields:
    return {"executionState": text(result, "executionState", "execution_state") or None}


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(other.capitalize() for other in others)
