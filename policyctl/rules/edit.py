"""What would cure a finding."""

from __future__ import annotations

from policyctl.core.finding import Path
from policyctl.core.frozen import frozen


@frozen
class Edit:
    """A safe change of one scalar.

    Attributes:
        at: the scalar's place in the document.
        value: its new text.
    """

    at: Path
    value: str
