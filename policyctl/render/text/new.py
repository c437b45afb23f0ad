"""A new policy file as text."""

from __future__ import annotations

from policyctl.render.lines import DIM, GOOD, Line, Part, line
from policyctl.usecases.new import NewPolicy


def render(made: NewPolicy, width: int | None = None) -> list[Line]:
    """Where the file stands, and what comes next."""
    del width
    policy = made.policy
    return [
        line(Part("wrote", GOOD), f" {made.file}"),
        line(Part("  extends   ", DIM), policy.extends),
        line(Part("  stage     ", DIM), policy.stage.value),
        line(Part("  next      ", DIM), f"policyctl record {policy.id} --rationale '...'"),
    ]
