"""The trail as JSON."""

from __future__ import annotations

from policyctl.core.canonical import decode
from policyctl.render.json.envelope import document
from policyctl.usecases.log import Trail


def render(trail: Trail) -> str:
    """The whole output; it passes where nothing but signatures are owed."""
    entries = [
        {
            "entry": decode(item.content),
            "sha256": item.digest,
            "redacted": item.tombstone is not None,
            "authors": sorted(item.authors),
            "approvals": {role: sorted(people) for role, people in sorted(item.approvals.items())},
            "missing": dict(sorted(item.missing.items())),
        }
        for item in trail.entries
    ]
    status = "fail" if trail.broken else "pass"
    return document("log", status, findings=trail.findings, result={"entries": entries})
