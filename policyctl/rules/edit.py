"""What would cure a finding."""

from __future__ import annotations

from dataclasses import dataclass

from policyctl.core.finding import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A safe change of one scalar.

    Attributes:
        at: the scalar's place in the document.
        value: its new text.
    """

    at: Path
    value: str
