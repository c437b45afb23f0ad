"""A policy as text: in plain words, or every value with its origin."""

from __future__ import annotations

import json

from policyctl.core.effective import Effective
from policyctl.core.finding import Severity
from policyctl.core.prose import consequence
from policyctl.render.lines import BOLD, DIM, NAME, WARN, Line, Part, line, table
from policyctl.usecases.show import Showing


def render(showing: Showing, every: bool, width: int | None = None) -> list[Line]:
    """The policy; ``every`` asks for each value in force."""
    effective = showing.effective
    policy = effective.policy
    extends = f", extends {policy.extends}" if policy.extends else ""
    lines = [
        line(Part(policy.id, BOLD), f"  {policy.name}", Part(f"  ({showing.file}{extends})", DIM)),
        line(Part("  purpose   ", DIM), policy.purpose),
        line(Part("  owner     ", DIM), policy.owner),
        line(
            Part("  stage     ", DIM),
            Part(policy.stage.value, NAME),
            f": {consequence(policy)}",
        ),
        (),
    ]
    lines += _values(effective, width) if every else _guardrails(effective, width)
    lines += _weaker(effective)
    lines += [
        line(Part("warning", WARN), f": {item.message}")
        for item in showing.findings
        if item.severity is Severity.WARNING and item.code != "weaker-than-baseline"
    ]
    return lines


def _guardrails(effective: Effective, width: int | None) -> list[Line]:
    rows = [
        [
            Part(item.detector),
            Part(item.direction.value),
            Part(item.action.value if item.enabled else "off", "" if item.enabled else DIM),
            Part(item.sensitivity.name if item.enabled else "-"),
        ]
        for item in effective.policy.guardrails
    ]
    return table(["guardrail", "direction", "action", "sensitivity"], rows, width)


def _values(effective: Effective, width: int | None) -> list[Line]:
    rows = [
        [Part(item.name), Part(_shown(item.value), BOLD), Part(item.origin, DIM)]
        for item in effective.values
    ]
    return table(["value", "is", "from"], rows, width)


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _weaker(effective: Effective) -> list[Line]:
    if not effective.weakenings:
        return []
    lines: list[Line] = [(), line(Part("weaker than its baseline:", WARN))]
    for item in effective.weakenings:
        why = item.reason or Part("no reason is given", WARN)
        lines.append(line(f"  {item.name}: {item.baseline} -> {item.policy}, because: ", why))
    return lines
