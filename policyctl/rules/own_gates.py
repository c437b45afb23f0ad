"""The values of gates that stand in a policy file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policyctl.core.policy import Gate
from policyctl.core.stages import Stage
from policyctl.rules.rule import Subject


def own_gates(subject: Subject) -> Iterator[tuple[str, Mapping[str, Any], Gate]]:
    """Yield stage, values in the file and effective gate, for each gate that the file has."""
    if subject.effective is None:
        return
    for stage, values in subject.data.get("gates", {}).items():
        yield stage, values, subject.effective.policy.gates.get(Stage(stage), Gate())
