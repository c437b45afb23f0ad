"""The table of what guardrails serve agrees with catalogues and with itself."""

from __future__ import annotations

import pytest

from policyctl.adapters.catalogues import shipped_catalogues
from policyctl.core.detectors import is_known
from policyctl.core.levels import Sensitivity
from policyctl.core.policy import Guardrail
from policyctl.core.served_controls import (
    AGENTIC,
    LLM,
    SERVICES,
    may_be_served,
    servants,
    served,
)
from policyctl.core.sides import Action, Direction


def guardrail(detector, direction="input", *, enabled=True):
    return Guardrail(
        detector=detector,
        direction=Direction(direction),
        action=Action.BLOCK,
        sensitivity=Sensitivity.L2,
        enabled=enabled,
    )


def test_every_control_of_the_table_is_in_its_catalogue():
    catalogues = shipped_catalogues()

    for service in SERVICES:
        assert is_known(service.detector)
        for controls in (service.serves, service.helps):
            for framework, ids in controls.items():
                assert [one for one in ids if one not in catalogues[framework].controls] == []


def test_what_is_served_names_the_detector_that_serves_it():
    found = served([guardrail("prompt_attack/jailguard"), guardrail("pii/email", "output")])

    assert found[LLM] == {"LLM01": "prompt_attack/jailguard", "LLM02": "pii/email"}
    assert found[AGENTIC] == {"ASI01": "prompt_attack/jailguard"}


def test_a_guardrail_that_is_off_serves_nothing():
    off = [guardrail("prompt_attack", enabled=False), guardrail("custom/x", enabled=False)]

    assert served(off) == {}
    assert not may_be_served(off, LLM, "LLM01")


@pytest.mark.parametrize(
    ("detector", "direction", "control", "serves"),
    [
        ("unknown_links", "output", "LLM10", True),
        ("unknown_links", "input", "LLM10", False),
        ("prompt_attack", "input", "LLM03", True),
        ("secrets", "input", "LLM08", True),
        ("prompt_attack", "input", "LLM04", False),
        ("custom/anything", "input", "LLM04", True),
        ("topic/medical", "output", "LLM07", True),
    ],
)
def test_the_direction_decides_and_own_checks_may_serve_anything(
    detector, direction, control, serves
):
    assert may_be_served([guardrail(detector, direction)], LLM, control) is serves


def test_who_could_serve_a_control_is_known():
    assert servants(LLM, "LLM02") == ("pii", "secrets", "unknown_links")
    assert servants(LLM, "LLM04") == ()
