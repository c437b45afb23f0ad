"""What an installed hook governs, as the server's administrator reads it."""

from __future__ import annotations

from pathlib import Path

from policyctl.render.lines import Line, line


def render(file: Path, governed: tuple[str, ...], absent: tuple[str, ...]) -> list[Line]:
    """The hook, the branches it protects, and those that are not there to be protected."""
    lines = [
        line(f"wrote {file}"),
        line(f"  governs   {', '.join(governed)}; other branches are free"),
    ]
    if absent:
        lines += [
            line(
                f"  absent    {', '.join(absent)}: what is pushed to another branch is not judged"
            ),
            line("  next      git config policyctl.branch NAME, in the repository on the server"),
        ]
    return lines
