"""A new policy file as JSON."""

from __future__ import annotations

from policyctl.render.json.envelope import document
from policyctl.usecases.new import NewPolicy


def render(made: NewPolicy) -> str:
    """The whole output."""
    result = {"policy": made.policy.id, "file": made.file, "extends": made.policy.extends}
    return document("new", "pass", result=result)
