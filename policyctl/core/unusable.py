"""A line that cannot be used, said twice: to whoever holds it, and where nothing may be quoted."""

from __future__ import annotations


class UnusableError(ValueError):
    """A line that is no record.

    Attributes:
        reason: what the message says, without a word of the line.
    """

    def __init__(self, message: str, *, reason: str = "") -> None:
        super().__init__(message)
        self.reason = reason or message
