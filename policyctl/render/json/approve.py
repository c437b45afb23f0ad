"""Approvals as JSON."""

from __future__ import annotations

from collections.abc import Sequence

from policyctl.core.canonical import decode
from policyctl.core.entry import entry_bytes
from policyctl.render.json.envelope import document
from policyctl.usecases.approve import Approval


def render(approvals: Sequence[Approval]) -> str:
    """The whole output: the first approval, and all of them."""
    given = [_approval(approval) for approval in approvals]
    return document("approve", "pass", result={**given[0], "approvals": given})


def _approval(approval: Approval) -> dict[str, object]:
    return {
        "entry": decode(entry_bytes(approval.entry)),
        "approved_by": approval.who,
        "role": approval.role,
        "missing": dict(approval.missing),
        "commit": approval.commit or None,
    }
