"""What a change makes weaker is named; what may be either counts as weaker."""

import pytest

from policyctl.core.loosening import loosened

EXCEPTION = {"id": "EX-1", "expires": "2027-01-01", "when": {"app": "a"}}


def document(**changes):
    known = {
        "stage": "limited",
        "sensitivity": "L2",
        "guardrails": [item("prompt_attack"), item("pii/email", action="redact")],
        "limited": {"apps": ["a"]},
        "gates": {"enforce": {"records": 1000}},
        "exceptions": [EXCEPTION],
    }
    return {**known, **changes}


def item(detector, **changes):
    known = {"direction": "input", "action": "block", "sensitivity": "L2", "enabled": True}
    return {"detector": detector, **known, **changes}


BEFORE = document()
REDACTED = item("pii/email", action="redact")


@pytest.mark.parametrize(
    ("changes", "weaker"),
    [
        ({}, []),
        ({"sensitivity": "L3"}, []),
        ({"sensitivity": "L1"}, ["sensitivity: L2 -> L1"]),
        ({"guardrails": [REDACTED]}, ["guardrails.prompt_attack.input: there -> gone"]),
        (
            {"guardrails": [item("prompt_attack", sensitivity="L1"), REDACTED]},
            ["guardrails.prompt_attack.input.sensitivity: L2 -> L1"],
        ),
        (
            {"guardrails": [item("prompt_attack", enabled=False), REDACTED]},
            ["guardrails.prompt_attack.input.enabled: true -> false"],
        ),
        ({"guardrails": [*BEFORE["guardrails"], item("secrets")]}, []),
        ({"gates": {"enforce": {"records": 10}}}, ["gates.enforce.records: 1000 -> 10"]),
        ({"exceptions": []}, []),
        (
            {"exceptions": [EXCEPTION, {**EXCEPTION, "id": "EX-2"}]},
            ["exceptions.EX-2: none -> until 2027-01-01"],
        ),
        (
            {"exceptions": [{**EXCEPTION, "expires": "2027-06-01"}]},
            ["exceptions.EX-1: until 2027-01-01 -> until 2027-06-01"],
        ),
        ({"exceptions": [{**EXCEPTION, "expires": "2026-06-01"}]}, []),
        (
            {"exceptions": [{**EXCEPTION, "when": {}}]},
            ["exceptions.EX-1: as it was -> another one"],
        ),
        ({"limited": {"apps": ["b"]}}, ["limited: as it was -> another scope"]),
        ({"limited": {"apps": ["b"]}, "stage": "enforce"}, []),
    ],
)
def test_what_is_weaker_than_before_is_named(changes, weaker):
    found = loosened(BEFORE, document(**changes))

    assert [f"{item.name}: {item.baseline} -> {item.policy}" for item in found] == weaker
