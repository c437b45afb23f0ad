"""A promotion, or its refusal, as JSON."""

from __future__ import annotations

from policyctl.core.canonical import decode, sha256
from policyctl.core.evidence import evidence_bytes
from policyctl.render.json.envelope import document
from policyctl.render.json.recorded import recorded
from policyctl.usecases.promote import Promotion


def render(promotion: Promotion) -> str:
    """The whole output."""
    content = evidence_bytes(promotion.evidence)
    result: dict[str, object] = {
        "policy": promotion.policy.id,
        "to": promotion.target.value,
        "evidence": {"sha256": sha256(content), "report": decode(content)},
        "recorded": recorded(promotion.outcome) if promotion.outcome else None,
    }
    return document("promote", "pass" if promotion.outcome else "fail", result=result)
