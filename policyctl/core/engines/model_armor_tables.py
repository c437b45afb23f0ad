"""What Model Armor calls detectors and sensitivities."""

from __future__ import annotations

from collections.abc import Mapping

from policyctl.core.levels import Sensitivity

DANGEROUS = "moderated_content/crime"
"""What the filter ``DANGEROUS`` is read as; it is about violence and weapons as well."""

RESPONSIBLE: Mapping[str, str] = {
    DANGEROUS: "DANGEROUS",
    "moderated_content/harassment": "HARASSMENT",
    "moderated_content/hate": "HATE_SPEECH",
    "moderated_content/sexual": "SEXUALLY_EXPLICIT",
    "moderated_content/violence": "DANGEROUS",
    "moderated_content/weapons": "DANGEROUS",
}

BASIC_DATA = ("pii/credit_card", "pii/us_social_security_number")
"""What the basic configuration of Sensitive Data Protection looks for, of what policies name."""

CONFIDENCES: Mapping[Sensitivity, str] = {
    Sensitivity.L1: "HIGH",
    Sensitivity.L2: "MEDIUM_AND_ABOVE",
    Sensitivity.L3: "LOW_AND_ABOVE",
    Sensitivity.L4: "LOW_AND_ABOVE",
}
