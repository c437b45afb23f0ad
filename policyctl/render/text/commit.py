"""Remarks about a commit, as whoever makes it reads them."""

from __future__ import annotations

from collections.abc import Sequence

from policyctl.render.lines import BAD, WARN, Line, Part, line
from policyctl.usecases.explain_commit import Remark


def render(remarks: Sequence[Remark], *, refused: bool) -> list[Line]:
    """Each remark with what to do, and how to commit nevertheless."""
    word = Part("refused", BAD) if refused else Part("note", WARN)
    lines: list[Line] = []
    for remark in remarks:
        lines.append(line("policyctl: ", word, f": {remark.message}"))
        lines.append(line(f"  = {remark.hint}"))
    if refused:
        lines.append(line("  = git commit --no-verify commits it as it is; 'verify' will say no"))
    return lines
