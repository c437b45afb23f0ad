"""Findings that only say that somebody has yet to sign, apart from those that say more."""

from __future__ import annotations

from collections.abc import Iterable

from policyctl.core.finding import Finding, Severity

SIGNATURES_OWED = frozenset({"APPROVALS_MISSING", "EMERGENCY_PENDING", "EMERGENCY_OVERDUE"})
"""What verification says about entries that wait for approval; the turns tell it better."""

ROOT_OWED = frozenset({"ROOT_THRESHOLD", "TOMBSTONE_THRESHOLD"})
"""The same about trust roots and tombstones that wait for stewards."""


def broken_in(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings that no signature of those who still have to sign would cure."""
    harmless = SIGNATURES_OWED | ROOT_OWED
    errors = (item for item in findings if item.severity is Severity.ERROR)
    return tuple(item for item in errors if item.code not in harmless)
