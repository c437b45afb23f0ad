"""A recorded change as JSON."""

from __future__ import annotations

from policyctl.core.canonical import decode
from policyctl.core.entry import entry_bytes
from policyctl.render.json.envelope import document
from policyctl.usecases.recording import RecordedChange


def render(command: str, outcome: RecordedChange) -> str:
    """The whole output."""
    return document(command, "pass", result=recorded(outcome))


def recorded(outcome: RecordedChange) -> dict[str, object]:
    """The entry and what it needs, as plain values."""
    return {
        "entry": decode(entry_bytes(outcome.entry)),
        "author": outcome.author,
        "commit": outcome.commit or None,
        "files": list(outcome.files),
        "need": dict(outcome.need),
        "candidates": {role: list(people) for role, people in outcome.candidates.items()},
    }
