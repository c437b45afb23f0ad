"""The chain of trust roots as text."""

from __future__ import annotations

from policyctl.render.lines import BOLD, DIM, WARN, Line, Part, line
from policyctl.render.text.root import broken_line, stewards_words
from policyctl.render.text.root_proposal import change_lines, owed_lines
from policyctl.usecases.root import RootLog, RootVersion


def render(log: RootLog, width: int | None = None) -> list[Line]:
    """Each version as a block, oldest first."""
    del width
    lines: list[Line] = []
    for version in log.versions:
        lines += [*_version(version), ()]
    if log.wrong:
        return [*lines, broken_line(log.wrong, log.latest)]
    return lines[:-1]


def _version(version: RootVersion) -> list[Line]:
    root = version.root
    when = root.created_at.strftime("%Y-%m-%d %H:%M UTC")
    waits = Part("  waits for signatures", WARN) if version.owed else ""
    first = line(Part(f"trust root {root.version}", BOLD), Part(f"  {when}", DIM), waits)
    lines = [first, line(Part("  sha256    ", DIM), version.digest)]
    lines += change_lines(version.changes)
    lines.append(line(Part("  stewards  ", DIM), stewards_words(root)))
    lines.append(line(Part("  signed by ", DIM), ", ".join(version.signers) or "nobody"))
    return [*lines, *owed_lines(version.owed)]
