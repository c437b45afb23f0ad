"""What ``migrate`` did, as text."""

from __future__ import annotations

from collections.abc import Sequence

from policyctl.render.lines import GOOD, WARN, Line, Part, line
from policyctl.render.text.findings import finding_lines
from policyctl.usecases.migrate import Migrated


def render(files: Sequence[Migrated], *, written: bool) -> list[Line]:
    """Each file that was brought forward, and what the present schema still has against it."""
    changed = [item for item in files if item.changed]
    word = Part("migrated", GOOD) if written else Part("would migrate", WARN)
    lines: list[Line] = [line(word, f" {item.file}") for item in changed]
    for item in changed:
        source = {item.file: item.after.decode("utf-8", "replace")}
        lines += finding_lines(item.findings, source)
    rest = len(files) - len(changed)
    noun = "file is" if rest == 1 else "files are"
    lines += [line(f"{rest} {noun} of the present version")] if rest else []
    if changed and written:
        lines.append(line("put recorded policies under change control again: policyctl record ID"))
    return lines
