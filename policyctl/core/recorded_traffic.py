"""What was recorded of each detector in each application, whatever a policy makes of it."""

from __future__ import annotations

from datetime import datetime

from policyctl.core.frozen import frozen


@frozen
class Seen:
    """The records of one cell.

    Attributes:
        evaluations: answers of the detector.
        errors: errors and time-outs, which are not answers.
        deepest: the least confident level that was recorded, 1 to 5, or 0 for none.
        first: time of the first answer, or None without any.
        last: time of the last one.
    """

    evaluations: int = 0
    errors: int = 0
    deepest: int = 0
    first: datetime | None = None
    last: datetime | None = None
