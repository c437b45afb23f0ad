"""Why a push is refused, as the person who pushed reads it."""

from __future__ import annotations

from policyctl.core.push import HEADS
from policyctl.render.lines import Line, line
from policyctl.usecases.receive import Received


def render(report: Received) -> list[Line]:
    """Each ref that is refused, and what would be right; nothing where none is."""
    lines: list[Line] = []
    for ref, findings in report.refused:
        lines.append(line(f"policyctl: refused: {ref.removeprefix(HEADS)}"))
        for finding in findings[:_MOST]:
            lines.append(line(f"{finding.code}  {finding.message}"))
            if finding.hint:
                lines.append(line(f"    = {finding.hint}"))
        if len(findings) > _MOST:
            lines.append(line(f"and {len(findings) - _MOST} findings more: policyctl verify"))
    return lines


_MOST = 20
"""Findings of one ref; who pushes needs the first of them."""
