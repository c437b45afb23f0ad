"""A promotion, or its refusal, as text."""

from __future__ import annotations

from policyctl.render.lines import BAD, Line, Part, line
from policyctl.render.text import evidence, recorded
from policyctl.usecases.promote import Promotion


def render(promotion: Promotion, width: int | None = None) -> list[Line]:
    """The gate's report, then what was recorded."""
    lines = evidence.render(promotion.evidence, width)
    if promotion.outcome is not None:
        return [*lines, (), *recorded.render(promotion.outcome, width)]
    policy = promotion.policy
    return [
        *lines,
        (),
        line(
            Part("refused", BAD),
            f": the gate to '{promotion.target.value}' is "
            f"{promotion.evidence.verdict.value.replace('_', ' ')}; "
            f"'{policy.id}' stays in '{policy.stage.value}', and nothing was changed",
        ),
    ]
