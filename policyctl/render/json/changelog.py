"""What ``changelog`` did, as JSON."""

from __future__ import annotations

from policyctl.core.canonical import sha256
from policyctl.render.json.envelope import document
from policyctl.usecases.changelog import ChangelogReport


def render(report: ChangelogReport) -> str:
    """The whole output."""
    result = {
        "entries": report.entries,
        "current": report.current,
        "sha256": sha256(report.content),
        "commit": report.commit or None,
    }
    return document("changelog", "pass" if report.current else "fail", result=result)
