"""A gate as the evidence report spells it."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

from policyctl.core.evidence_number import decimal
from policyctl.core.policy import Gate, Promote

_HOUR = timedelta(hours=1)
_SHARES = (
    "completeness", "flag_rate", "weekly_change", "daily_variation", "mix_shift", "excepted",
    "limited_blocked", "reviewed_twice", "agreement", "repeatable", "exception_hits",
)  # fmt: skip
_COUNTS = ("harm", "newly_blocked", "reviewers")
_SPANS = ("exceptions_frozen", "expires")


def gate_data(gate: Gate) -> dict[str, object]:
    """What the gate asks for; what it does not ask for besides is not mentioned."""
    return {
        "window_hours": gate.window // _HOUR,
        "records": gate.records,
        "reviewed": gate.reviewed,
        "false_positives": decimal(gate.false_positives),
        "confidence": decimal(gate.confidence),
        "inference": gate.inference.value,
        **_further(gate),
    }


def _further(gate: Gate) -> dict[str, object]:
    asked: dict[str, object] = {}
    for name in _SHARES:
        share: Fraction | None = getattr(gate, name)
        if share is not None:
            asked[name] = decimal(share)
    for name in _COUNTS:
        count: int | None = getattr(gate, name)
        if count is not None:
            asked[name] = count
    for name in _SPANS:
        span: timedelta | None = getattr(gate, name)
        if span is not None:
            asked[f"{name}_hours"] = span // _HOUR
    if gate.promote is not Promote.ALL:
        asked["promote"] = gate.promote.value
    return asked
