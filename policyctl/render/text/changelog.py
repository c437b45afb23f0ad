"""What ``changelog`` did, as text."""

from __future__ import annotations

from policyctl.core.paths import CHANGELOG
from policyctl.render.lines import DIM, GOOD, WARN, Line, Part, line
from policyctl.usecases.changelog import ChangelogReport


def render(report: ChangelogReport, width: int | None = None) -> list[Line]:
    """Whether the page is up to date, or that it was written."""
    del width
    told = f"{report.entries} {'entry' if report.entries == 1 else 'entries'}"
    if report.commit:
        return [
            line(Part("wrote ", GOOD), f"{CHANGELOG} · {told} · commit {report.commit[:12]}"),
            line(Part("  signed    ", DIM), f"{CHANGELOG}.sig"),
        ]
    if report.current:
        return [line(Part("up to date", GOOD), f": {CHANGELOG} · {told}")]
    return [
        line(Part("not up to date", WARN), f": {CHANGELOG} · the ledger has {told}"),
        line(Part("    = ", DIM), "policyctl changelog --write"),
    ]
