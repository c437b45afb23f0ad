"""A new policy file as text."""

from __future__ import annotations

from policyctl.render.lines import DIM, GOOD, WARN, Line, Part, line
from policyctl.usecases.new import NewPolicy


def render(made: NewPolicy, *, folder: str, governed: bool) -> list[Line]:
    """Where the file stands, and what comes next.

    Args:
        made: the policy.
        folder: the folder that the file's path starts from.
        governed: whether a ledger is kept there.
    """
    policy = made.policy
    lines = [
        line(Part("wrote", GOOD), f" {made.file}"),
        line(Part("  extends   ", DIM), policy.extends),
        line(Part("  stage     ", DIM), policy.stage.value),
    ]
    record = f"policyctl record {policy.id} --rationale '...'"
    if governed:
        return [*lines, line(Part("  next      ", DIM), record)]
    return [
        *lines,
        line(Part("  in        ", DIM), folder),
        line(Part("  no ledger is kept there, so nothing governs the policy yet", WARN)),
        line(Part("  next      ", DIM), f"policyctl init, then {record}"),
    ]
