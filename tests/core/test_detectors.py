"""The table of detectors."""

import pytest

from policyctl.core.detectors import DETECTORS, FAMILIES, detector, is_known, suggestions
from policyctl.core.sides import Action, Direction


def test_every_detector_has_a_name_of_its_own():
    names = [item.name for item in DETECTORS]

    assert len(names) == len(set(names))


def test_a_family_lists_its_members():
    assert FAMILIES == {
        "moderated_content": (
            "moderated_content/crime",
            "moderated_content/harassment",
            "moderated_content/hate",
            "moderated_content/profanity",
            "moderated_content/self_harm",
            "moderated_content/sexual",
            "moderated_content/violence",
            "moderated_content/weapons",
        ),
        "pii": (
            "pii/address",
            "pii/credit_card",
            "pii/email",
            "pii/iban_code",
            "pii/ip_address",
            "pii/name",
            "pii/phone_number",
            "pii/us_social_security_number",
        ),
    }


@pytest.mark.parametrize(
    "name",
    [
        "prompt_attack",
        "prompt_attack/jailguard",
        "moderated_content",
        "moderated_content/hate",
        "moderated_content/hate/variant",
        "pii/email",
        "unknown_links",
        "secrets/aws",
        "topic/medical-advice",
        "custom/competitors",
    ],
)
def test_a_detector_of_the_vocabulary_is_known(name):
    assert is_known(name)


@pytest.mark.parametrize(
    "name",
    ["", "/", "prompt_atack", "pii/emial", "pii/passport/de", "moderated_content/rude", "PII"],
)
def test_a_name_outside_the_vocabulary_is_unknown(name):
    assert not is_known(name)
    assert detector(name) is None


def test_the_row_that_decides_about_a_variant_is_the_nearest_one():
    variant = detector("moderated_content/profanity/mild")

    assert variant is not None
    assert variant.name == "moderated_content/profanity"
    assert Action.REDACT in variant.actions


def test_an_attack_cannot_be_redacted():
    attack = detector("prompt_attack")

    assert attack is not None
    assert attack.actions == (Action.BLOCK,)
    assert attack.directions == (Direction.INPUT, Direction.OUTPUT)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("prompt_atack", "prompt_attack"),
        ("jailbreak", "prompt_attack"),
        ("pii/emial", "pii/email"),
        ("pii/ssn", "pii/us_social_security_number"),
        ("hate", "moderated_content/hate"),
        ("moderated_content/self-harm", "moderated_content/self_harm"),
        ("Unknown-Links", "unknown_links"),
        ("secret", "secrets"),
    ],
)
def test_a_misspelt_detector_is_suggested_first(name, expected):
    assert suggestions(name)[0] == expected


def test_a_name_that_resembles_nothing_has_no_suggestion():
    assert suggestions("zzz") == ()
