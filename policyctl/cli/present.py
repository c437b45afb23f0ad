"""The present, which a command line may choose."""

from __future__ import annotations

from datetime import UTC, datetime

from policyctl.errors import UsageError


def moment(text: str | None) -> datetime:
    """The present, or the moment that ``--now`` names.

    Raises:
        UsageError: the text is no day and no time with a zone.
    """
    if text is None:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            f"--now {text!r} is no time", hint="as in 2026-12-01 or 2026-12-01T08:00:00Z"
        ) from error
    if found.tzinfo is None and len(text) > len("2026-12-01"):
        raise UsageError(f"--now {text!r} has no time zone", hint=f"as in {text}Z")
    return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
