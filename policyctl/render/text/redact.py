"""A redaction as text."""

from __future__ import annotations

from policyctl.core.paths import entry_path
from policyctl.render.lines import BOLD, DIM, GOOD, WARN, Line, Part, line
from policyctl.render.text.recorded import render as recorded
from policyctl.usecases.redact import Redaction


def render(done: Redaction, width: int | None = None) -> list[Line]:
    """What was signed, who still has to, and where the text still stands."""
    lines = [
        line(
            Part("signed" if done.outcome is None else "redacted", GOOD),
            " ",
            Part(f"{done.policy}: entry {done.seq}", BOLD),
            f" as {done.who}",
            Part(f"   commit {done.commit[:12]}", DIM),
        ),
        line(Part("  tombstone ", DIM), entry_path(done.policy, done.seq)),
    ]
    if done.missing:
        owed = f"{done.missing} more steward{'s' if done.missing > 1 else ''}"
        command = f": policyctl redact {done.policy} {done.seq}"
        lines.append(line(Part("  needs     ", DIM), Part(owed, WARN), command))
    if done.outcome is not None:
        lines += recorded(done.outcome, width)
        text = (
            "  git's history and commit messages still hold the text, until somebody rewrites them"
        )
        lines.append(line(Part(text, WARN)))
    return lines
