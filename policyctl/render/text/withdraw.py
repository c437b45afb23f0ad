"""What ``withdraw`` took back, as text."""

from __future__ import annotations

from policyctl.render.lines import BOLD, DIM, GOOD, Line, Part, line
from policyctl.usecases.withdraw import Withdrawal


def render(done: Withdrawal, width: int | None = None) -> list[Line]:
    """The entry that is gone, and where the policy file stands now."""
    del width
    entry = done.entry
    lines = [
        line(
            Part("withdrawn", GOOD),
            " ",
            Part(f"{entry.policy}: {entry.action.value}", BOLD),
            Part(f"   entry {entry.seq}", DIM),
        ),
        line(Part("  commit    ", DIM), done.commit[:12]),
    ]
    if done.kept:
        lines.append(line(Part("  kept      ", DIM), f"{done.kept}: your text, not committed"))
    elif entry.source is not entry.target and entry.source is not None:
        lines.append(line(Part("  stage     ", DIM), f"{entry.source.value} again"))
    return lines
