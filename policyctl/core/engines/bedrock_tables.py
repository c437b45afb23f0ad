"""What Bedrock calls detectors and sensitivities, and how much it takes.

Limits and enumerations are those of the service model in botocore 1.44 (``bedrock``,
``CreateGuardrail``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from policyctl.core.engine_logs.bedrock_assessment import CONTENT, PERSONAL
from policyctl.core.engine_logs.fields import slug
from policyctl.core.levels import Sensitivity
from policyctl.core.sides import Direction

FILTERS: Mapping[str, str] = {detector: kind for kind, detector in CONTENT.items()}
STRENGTHS: Mapping[Sensitivity, str] = {
    Sensitivity.L1: "LOW",
    Sensitivity.L2: "MEDIUM",
    Sensitivity.L3: "HIGH",
    Sensitivity.L4: "HIGH",
}
"""The strength names how strict a filter is: ``HIGH`` is the strictest."""

PROFANITY = "moderated_content/profanity"
WORDS = "custom/words"
"""What words are read as; they have no name there."""

SIDES: Mapping[Direction, str] = {Direction.INPUT: "input", Direction.OUTPUT: "output"}

MOST_TOPICS, MOST_EXPRESSIONS, MOST_WORDS, MOST_EXAMPLES = 30, 30, 10_000, 5
LONGEST_NAME, LONGEST_DESCRIPTION, LONGEST_TOPIC, LONGEST_DEFINITION = 50, 200, 100, 200
LONGEST_WORD, LONGEST_EXPRESSION, LONGEST_EXAMPLE = 100, 500, 100

_OTHER_KINDS = (
    *("AGE", "CA_HEALTH_NUMBER", "CA_SOCIAL_INSURANCE_NUMBER", "CREDIT_DEBIT_CARD_CVV"),
    *("CREDIT_DEBIT_CARD_EXPIRY", "DRIVER_ID", "LICENSE_PLATE", "MAC_ADDRESS", "PIN"),
    *("SWIFT_CODE", "UK_NATIONAL_HEALTH_SERVICE_NUMBER", "UK_NATIONAL_INSURANCE_NUMBER"),
    *("UK_UNIQUE_TAXPAYER_REFERENCE_NUMBER", "URL", "USERNAME", "US_BANK_ACCOUNT_NUMBER"),
    *("US_BANK_ROUTING_NUMBER", "US_INDIVIDUAL_TAX_IDENTIFICATION_NUMBER"),
    *("US_PASSPORT_NUMBER", "VEHICLE_IDENTIFICATION_NUMBER"),
)
DETECTORS: Mapping[str, str] = {
    **PERSONAL,
    **{kind: f"custom/pii_{slug(kind)}" for kind in _OTHER_KINDS},
}
"""What each kind of sensitive information is called in policies and records."""

ENTITIES: Mapping[str, tuple[str, ...]] = {
    **{detector: (kind,) for kind, detector in DETECTORS.items()},
    "secrets": tuple(kind for kind, name in PERSONAL.items() if name.startswith("secrets/")),
}

_UNFIT = re.compile(r"[^0-9a-zA-Z _!?.-]+")


def topic_name(name: str) -> str:
    """A topic's name in the characters that Bedrock takes."""
    return _UNFIT.sub("-", name)[:LONGEST_TOPIC].strip() or "topic"
