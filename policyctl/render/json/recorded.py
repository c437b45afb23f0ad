"""A recorded change as JSON."""

from __future__ import annotations

from collections.abc import Sequence

from policyctl.core.canonical import decode
from policyctl.core.entry import entry_bytes, moment_text
from policyctl.render.json.envelope import document
from policyctl.usecases.recording import RecordedChange


def render(command: str, outcome: RecordedChange) -> str:
    """The whole output."""
    return document(command, "pass", result=recorded(outcome))


def render_all(command: str, outcomes: Sequence[RecordedChange]) -> str:
    """The whole output where a command takes several policies: the first, and all of them."""
    changes = [recorded(outcome) for outcome in outcomes]
    return document(command, "pass", result={**changes[0], "changes": changes})


def recorded(outcome: RecordedChange) -> dict[str, object]:
    """The entry and what it needs, as plain values."""
    return {
        "entry": decode(entry_bytes(outcome.entry)),
        "author": outcome.author,
        "commit": outcome.commit or None,
        "files": list(outcome.files),
        "need": dict(outcome.need),
        "candidates": {role: list(people) for role, people in outcome.candidates.items()},
        "due": moment_text(outcome.due) if outcome.due else None,
    }
