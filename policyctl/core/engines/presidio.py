"""What Presidio calls personal data; three engines use it or its names."""

from __future__ import annotations

from collections.abc import Mapping

ENTITIES: Mapping[str, str] = {
    "pii/address": "LOCATION",
    "pii/credit_card": "CREDIT_CARD",
    "pii/email": "EMAIL_ADDRESS",
    "pii/iban_code": "IBAN_CODE",
    "pii/ip_address": "IP_ADDRESS",
    "pii/name": "PERSON",
    "pii/phone_number": "PHONE_NUMBER",
    "pii/us_social_security_number": "US_SSN",
}
DETECTORS: Mapping[str, str] = {entity: detector for detector, entity in ENTITIES.items()}
