"""A recorded change as text: what it was, where it stands, who has to agree."""

from __future__ import annotations

from collections.abc import Sequence

from policyctl.core.entry import moment_text
from policyctl.core.paths import entry_path
from policyctl.render.lines import BOLD, DIM, GOOD, WARN, Line, Part, line
from policyctl.usecases.recording import RecordedChange


def render(outcome: RecordedChange, width: int | None = None) -> list[Line]:
    """The entry, the commit, and the approvals that it needs."""
    del width
    entry = outcome.entry
    what = entry.action.value
    if entry.source is not entry.target:
        what += f" {entry.transition}"
    done = Part("recorded", GOOD) if outcome.commit else Part("would record", WARN)
    lines = [
        line(done, " ", Part(f"{entry.policy}: {what}", BOLD)),
        line(Part("  entry     ", DIM), entry_path(entry.policy, entry.seq)),
        line(Part("  author    ", DIM), outcome.author),
    ]
    lines += [line(Part("  evidence  ", DIM), f"sha256 {item.sha256}") for item in entry.evidence]
    if outcome.commit:
        lines.append(line(Part("  commit    ", DIM), outcome.commit[:12]))
    return lines + _needed(outcome)


def render_all(outcomes: Sequence[RecordedChange], width: int | None = None) -> list[Line]:
    """One policy after the other, and how all of them are approved at once."""
    lines = [row for outcome in outcomes for row in render(outcome, width)]
    if len(outcomes) > 1 and outcomes[0].commit and any(outcome.need for outcome in outcomes):
        command = f"policyctl approve --change {outcomes[0].entry.change}"
        lines.append(line(Part("all at once ", DIM), command))
    return lines


def _needed(outcome: RecordedChange) -> list[Line]:
    if not outcome.need:
        return [line(Part("  approval  ", DIM), "none needed")]
    lines = []
    for role, count in sorted(outcome.need.items()):
        who = ", ".join(outcome.candidates[role]) or "nobody who is not owner or author"
        lines.append(line(Part("  needs     ", DIM), Part(f"{count} x {role}", WARN), f": {who}"))
    if outcome.due is not None:
        text = f"in force at once; the approvals are due on {moment_text(outcome.due)}"
        lines.append(line(Part("  due       ", DIM), Part(text, WARN)))
    command = f"policyctl approve {outcome.entry.policy}"
    lines.append(line(Part("  next      ", DIM), command if outcome.commit else "run it for real"))
    if outcome.solo:
        lines.append(line(Part("  solo mode: you may approve your own change", WARN)))
    return lines
