"""The sensitivities that a policy file sets for single guardrails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policyctl.rules.rule import Subject


def own_dials(subject: Subject) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield index and item of each guardrail in the file that has a sensitivity of its own."""
    for index, item in enumerate(subject.data.get("guardrails", ())):
        if "sensitivity" in item:
            yield index, item
