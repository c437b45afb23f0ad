"""The trail as text."""

from __future__ import annotations

from policyctl.core.entry import ChangeAction
from policyctl.core.recorded import Recorded
from policyctl.render.lines import BAD, BOLD, DIM, GOOD, WARN, Line, Part, line
from policyctl.usecases.log import Trail


def render(trail: Trail, width: int | None = None) -> list[Line]:
    """Each entry as a block, oldest first, and a warning where the ledger does not verify."""
    del width
    lines: list[Line] = []
    for item in trail.entries:
        lines += [*_entry(item), ()]
    if not trail.entries:
        lines = [line("nothing is recorded yet"), ()]
    ends = [line(Part(finding.message, WARN), " (policyctl verify)") for finding in trail.owed]
    if trail.broken:
        count = f"{len(trail.broken)} finding{'s' if len(trail.broken) != 1 else ''}"
        said = Part(f"this ledger does not verify: {count}", BAD)
        ends.append(line(said, " (policyctl verify)"))
    return [*lines, *ends] if ends else lines[:-1]


def _why(item: Recorded) -> Part:
    return Part("redacted", WARN) if item.tombstone else Part(item.entry.rationale)


def _entry(item: Recorded) -> list[Line]:
    entry = item.entry
    what = entry.action.value
    if entry.source is not entry.target:
        what += f"  {entry.transition}"
    when = entry.requested_at.strftime("%Y-%m-%d %H:%M UTC")
    lines = [
        line(Part(f"{entry.policy} #{entry.seq}", BOLD), "  ", what, Part(f"  {when}", DIM)),
        line(Part("  why       ", DIM), _why(item)),
        line(Part("  owner     ", DIM), entry.owner),
        line(Part("  author    ", DIM), ", ".join(sorted(item.authors)) or Part("nobody", BAD)),
    ]
    for role, people in sorted(item.approvals.items()):
        names = ", ".join(sorted(people))
        if names:
            lines.append(line(Part("  approved  ", DIM), Part(names, GOOD), f" as {role}"))
    for role, count in sorted(item.missing.items()):
        lines.append(line(Part("  waits for ", DIM), Part(f"{count} x {role}", WARN)))
    if item.missing and entry.action is ChangeAction.EMERGENCY_DEMOTE:
        lines.append(line(Part("  in force since then, in an emergency", WARN)))
    label = "  redacts   " if entry.action is ChangeAction.REDACT else "  evidence  "
    lines += [
        line(Part(label, DIM), f"{proof.name}  sha256 {proof.sha256[:12]}…")
        for proof in entry.evidence
    ]
    return lines
