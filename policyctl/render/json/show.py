"""A policy as JSON."""

from __future__ import annotations

from policyctl.core.prose import consequence
from policyctl.render.json.envelope import document
from policyctl.usecases.show import Showing


def render(showing: Showing) -> str:
    """The effective policy, the origin of each value, and what is weaker than the baseline."""
    effective = showing.effective
    result = {
        "policy": effective.policy.id,
        "file": showing.file,
        "stage": effective.policy.stage.value,
        "consequence": consequence(effective.policy),
        "effective": effective.data,
        "values": [
            {"name": item.name, "value": item.value, "origin": item.origin}
            for item in effective.values
        ],
        "weaker_than_baseline": [
            {
                "name": item.name,
                "baseline": item.baseline,
                "policy": item.policy,
                "reason": item.reason,
            }
            for item in effective.weakenings
        ],
    }
    return document("show", "pass", findings=showing.findings, result=result)
