"""What ``withdraw`` took back, as JSON."""

from __future__ import annotations

from policyctl.core.canonical import decode
from policyctl.core.entry import entry_bytes
from policyctl.render.json.envelope import document
from policyctl.usecases.withdraw import Withdrawal


def render(done: Withdrawal) -> str:
    """The whole output."""
    result = {
        "entry": decode(entry_bytes(done.entry)),
        "commit": done.commit,
        "files": list(done.files),
        "kept": done.kept or None,
    }
    return document("withdraw", "pass", result=result)
