"""What LiteLLM's own content filter calls detectors and sensitivities.

Names of patterns and categories are those that ``litellm`` 1.106 ships. Both are word lists and
regular expressions: they find what they list.
"""

from __future__ import annotations

from collections.abc import Mapping

from policyctl.core.levels import Sensitivity
from policyctl.core.sides import Direction

FILTER = "litellm_content_filter"

PATTERNS: Mapping[str, tuple[str, ...]] = {
    "pii/address": ("street_address",),
    "pii/credit_card": ("visa", "mastercard", "amex", "discover", "credit_card"),
    "pii/email": ("email",),
    "pii/iban_code": ("iban",),
    "pii/ip_address": ("ipv4", "ipv6"),
    "pii/phone_number": ("us_phone",),
    "pii/us_social_security_number": ("us_ssn",),
    "secrets": (
        *("aws_access_key", "aws_secret_key", "github_token", "slack_token"),
        "generic_api_key",
    ),
    "unknown_links": ("url",),
}

CATEGORIES: Mapping[str, tuple[str, ...]] = {
    "moderated_content/harassment": ("denied_insults",),
    "moderated_content/hate": (
        *("bias_gender", "bias_racial", "bias_religious", "bias_sexual_orientation"),
    ),
    "moderated_content/profanity": ("harm_toxic_abuse",),
    "moderated_content/self_harm": ("harmful_self_harm",),
    "moderated_content/sexual": ("harmful_child_safety",),
    "moderated_content/violence": ("harmful_violence",),
    "moderated_content/weapons": ("harmful_illegal_weapons",),
    "prompt_attack": (
        *("prompt_injection_data_exfiltration", "prompt_injection_jailbreak"),
        *("prompt_injection_malicious_code", "prompt_injection_sql"),
        "prompt_injection_system_prompt",
    ),
}

SEVERITIES: Mapping[Sensitivity, str] = {
    Sensitivity.L1: "high",
    Sensitivity.L2: "medium",
    Sensitivity.L3: "low",
    Sensitivity.L4: "low",
}
"""The least severity that counts: ``high`` is the most lenient."""

MODES: Mapping[Direction, str] = {Direction.INPUT: "pre_call", Direction.OUTPUT: "post_call"}
AT = "@"
"""Stands in a guardrail's name between its detector and its configuration."""
