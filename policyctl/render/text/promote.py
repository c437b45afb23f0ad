"""A promotion, or its refusal, as text."""

from __future__ import annotations

from policyctl.core.frozen import replace
from policyctl.core.prose import consequence
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


def consequences(promotion: Promotion) -> list[Line]:
    """What the policy does in the present stage, and in the one that it is promoted to."""
    now, then = promotion.policy, replace(promotion.policy, stage=promotion.target)
    return [line(f"{policy.stage.value}: {consequence(policy)}") for policy in (now, then)]
