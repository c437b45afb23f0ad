"""When something ends: the one place that decides it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")


def day(text: str) -> date | None:
    """The calendar day that ``text`` names as YYYY-MM-DD, or None if there is no such day."""
    if not _DAY.match(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def is_expired(expires: date | None, at: datetime) -> bool:
    """True if something that holds up to and including the day ``expires`` has ended by ``at``.

    Days are inclusive and UTC; a missing or malformed day counts as expired.

    Args:
        expires: the last day, or None where the file names no day that exists.
        at: the moment asked about, with a time zone.
    """
    return expires is None or at.astimezone(UTC).date() > expires


def days_left(expires: date | None, at: datetime) -> int:
    """Days after the day of ``at`` on which it still holds; negative once it has ended."""
    return -1 if expires is None else (expires - at.astimezone(UTC).date()).days
