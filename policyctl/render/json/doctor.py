"""What ``doctor`` found, as JSON."""

from __future__ import annotations

from policyctl.render.json.envelope import document
from policyctl.usecases.doctor import Diagnosis


def render(diagnosis: Diagnosis) -> str:
    """The whole output."""
    result = {
        "done": list(diagnosis.done),
        "checks": [
            {
                "name": check.name,
                "health": check.health.value,
                "message": check.message,
                "hint": check.hint,
            }
            for check in diagnosis.checks
        ],
    }
    return document("doctor", "pass" if diagnosis.sound else "fail", result=result)
