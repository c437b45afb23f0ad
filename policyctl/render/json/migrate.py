"""What ``migrate`` did, as JSON."""

from __future__ import annotations

from collections.abc import Sequence

from policyctl.render.json.envelope import document
from policyctl.usecases.migrate import Migrated


def render(files: Sequence[Migrated]) -> str:
    """The whole output."""
    findings = [finding for item in files for finding in item.findings]
    result = {"files": len(files), "migrated": [item.file for item in files if item.changed]}
    return document("migrate", "fail" if findings else "pass", findings=findings, result=result)
