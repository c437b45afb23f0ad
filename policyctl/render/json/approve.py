"""An approval as JSON."""

from __future__ import annotations

from policyctl.core.canonical import decode
from policyctl.core.entry import entry_bytes
from policyctl.render.json.envelope import document
from policyctl.usecases.approve import Approval


def render(approval: Approval) -> str:
    """The whole output."""
    result = {
        "entry": decode(entry_bytes(approval.entry)),
        "approved_by": approval.who,
        "role": approval.role,
        "missing": dict(approval.missing),
        "commit": approval.commit or None,
    }
    return document("approve", "pass", result=result)
