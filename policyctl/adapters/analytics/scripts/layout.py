"""The three tables that a script brings back, and what their rows mean.

All rows of a table have all of its columns; what a row has nothing to say about is empty (texts) or
NULL (numbers). ``script`` is the digest of the script that gave the row, ``of_part`` how many rows
the query gave that the row is one of.
"""

from __future__ import annotations

from enum import Enum

from policyctl.core.frozen import frozen

TOTALS = "totals"
DECISIONS = "decisions"
EXAMPLES = "examples"


@frozen
class Layout:
    """The columns of one table, by what they hold."""

    texts: tuple[str, ...]
    numbers: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """All of them, in the order in which a script gives them."""
        return self.texts + self.numbers


class Part(Enum):
    """What a row of ``decisions`` or ``examples`` counts.

    Attributes:
        ENGINE: ``key`` is what ran the script.
        TABLE: ``key`` is the table that it read, and ``n`` its rows.
        PREFLIGHT: ``key`` is the answer to the vector ``level``.
        CHECK: ``n`` detections have the flaw that ``key`` names.
        DECIDED: ``n`` hits of one guardrail, day, level, label; ``excepted`` says whether an
            exception of the new policy would let them through at whatever sensitivity.
        FIRST_HITS: ``n`` sessions whose first changed decision at this place was on this day.
        SESSIONS: ``n`` sessions with a change of the kind ``key``.
        EXCEPTED: ``n`` hits of a cell that an exception lets through, by the keys that one names.
        CLUSTERS: ``n`` independent cases among what a stratum newly blocks.
        REPEATS: ``n`` messages of a stratum that were detected more than once (``key`` says
            `SEEN_AGAIN`), or got the same level each time (`ALIKE`).
        REQUESTS: ``n`` distinct requests of a day and application.
        EXAMPLE: a record by which a changed decision can be looked at.
        REVIEW: a record that is drawn for review; ``micros`` is its time.
    """

    ENGINE = "engine"
    TABLE = "table"
    PREFLIGHT = "preflight"
    CHECK = "check"
    DECIDED = "decided"
    FIRST_HITS = "first_hits"
    SESSIONS = "sessions"
    EXCEPTED = "excepted"
    CLUSTERS = "clusters"
    REPEATS = "repeats"
    REQUESTS = "requests"
    EXAMPLE = "example"
    REVIEW = "review"


TWICE = "twice"
NAMELESS = "nameless"
SEEN_AGAIN = "seen_again"
ALIKE = "alike"

LAYOUTS = {
    TOTALS: Layout(
        texts=(
            *("script", "day", "app", "cohort", "direction", "detector"),
            *("detector_version", "status"),
        ),
        numbers=("level", "records", "first_us", "last_us"),
    ),
    DECISIONS: Layout(
        texts=(
            *("script", "part", "guardrail", "direction", "app", "cohort", "detector"),
            *("old_guardrail", "old", "new", "day", "label", "blocked", "excepted", "key"),
        ),
        numbers=("level", "n", "of_part"),
    ),
    EXAMPLES: Layout(
        texts=(
            *("script", "part", "guardrail", "direction", "app", "old", "new"),
            *("request_id", "detector"),
        ),
        numbers=("place", "micros", "of_part"),
    ),
}
