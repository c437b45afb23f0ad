"""What runs differently than approved, as text."""

from __future__ import annotations

from collections.abc import Mapping

from policyctl.core.diff.effect import Effect
from policyctl.core.diff.wording import wording
from policyctl.render.lines import BAD, BOLD, DIM, GOOD, WARN, Line, Part, line
from policyctl.usecases.drift import Compared, DriftReport

_STYLES: Mapping[Effect, str] = {Effect.LOOSER: BAD, Effect.MIXED: BAD, Effect.UNKNOWN: BAD}


def render(report: DriftReport, width: int | None = None, *, surplus: bool = False) -> list[Line]:
    """Each difference, the dangerous first; then what was not understood."""
    del width
    approved = report.approved
    entry = approved.provenance.entry
    stands = f"entry {entry}" if entry else "draft"
    lines = [
        line(
            Part(f"{approved.policy.id} on {report.target.title}", BOLD),
            Part(f"   {stands}", DIM),
        )
    ]
    for item in report.compared:
        lines += _compared(item)
    lines += [
        line("  ", Part("unknown  ", BAD), f"{item.place}: {item.what}") for item in report.unread
    ]
    left = report.surplus
    plural = "s" if len(left) != 1 else ""
    if surplus:
        lines += [line(Part(f"  ignored  {place}", DIM)) for place in left]
    elif left:
        lines.append(
            line(Part(f"  {len(left)} value{plural} beside what policies speak of: --all", DIM))
        )
    return lines


def _compared(item: Compared) -> list[Line]:
    number = len(item.running.settings)
    counted = f"{number} guardrail{'s' if number != 1 else ''}"
    if not item.changes:
        alike = "as approved" if not item.running.unread else "as approved, where it was understood"
        return [line("  ", Part(alike, GOOD), f": {item.name}, {counted}")]
    lines = [line("  ", Part("drifted", BAD), f": {item.name}, {counted}")]
    for change in sorted(item.changes, key=lambda change: not change.effect.may_weaken):
        words = wording(change)
        style = _STYLES.get(change.effect, WARN)
        lines.append(
            line(
                "  ",
                Part(change.effect.value.ljust(9), style),
                f"{words.about}: {words.before} -> {words.after}",
                Part(f"   {change.note}" if change.note else "", DIM),
            )
        )
    return lines
