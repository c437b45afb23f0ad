"""A redaction as JSON."""

from __future__ import annotations

from policyctl.render.json.envelope import document
from policyctl.render.json.recorded import recorded
from policyctl.usecases.redact import Redaction


def render(done: Redaction) -> str:
    """The whole output."""
    result: dict[str, object] = {
        "policy": done.policy,
        "redacted": done.seq,
        "signed_by": done.who,
        "commit": done.commit,
        "stewards_missing": done.missing,
        "recorded": recorded(done.outcome) if done.outcome else None,
    }
    return document("redact", "pass", result=result)
