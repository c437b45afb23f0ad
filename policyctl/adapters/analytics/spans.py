"""Spans of days of which plain files are counted one after another.

Distinct requests are counted within a day. Span by span, the table of those that were seen stays
within memory; but only where the files are in the order of time does a span read no more than its
own part of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from policyctl.core.frozen import frozen

ROWS = 4_000_000
"""How many records a span has at least, unless it is the last."""

_AGAIN = 0.25
"""What share of the records may be read once more than without spans."""


@frozen
class Block:
    """Records that are read together.

    Attributes:
        rows: how many.
        first: the day of the earliest of them (UTC).
        last: the day of the latest.
    """

    rows: int
    first: date
    last: date


def boundaries(blocks: Sequence[Block], rows: int) -> list[date]:
    """The days on which new spans begin, in their order; none if spans do not pay.

    Args:
        blocks: all of them, in any order.
        rows: how many records a span has at least.
    """
    found: list[date] = []
    inside, start = 0, date.max
    for block in sorted(blocks, key=lambda block: block.first):
        if inside >= rows and block.first > start:
            found.append(block.first)
            inside = 0
        if inside == 0:
            start = block.first
        inside += block.rows
    again = sum(block.rows for block in blocks for day in found if block.first < day <= block.last)
    return found if again <= _AGAIN * sum(block.rows for block in blocks) else []


def conditions(found: Sequence[date]) -> list[str]:
    """What is true of the records of each span, which are one more than the boundaries."""
    starts = ["", *(f"ts >= TIMESTAMP '{day}'" for day in found)]
    ends = [*(f"ts < TIMESTAMP '{day}'" for day in found), ""]
    return [" AND ".join(filter(None, pair)) for pair in zip(starts, ends, strict=True)]
