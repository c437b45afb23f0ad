"""A policy as text: in plain words, or every value with its origin."""

from __future__ import annotations

import json

from policyctl.core.effective import Effective
from policyctl.core.finding import Severity
from policyctl.core.origins import Value
from policyctl.core.prose import consequence
from policyctl.render.lines import BOLD, DIM, NAME, WARN, Line, Part, cells, line, table
from policyctl.usecases.show import Showing

_FRAMEWORKS = "controls"


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
    """Each value below the place that it belongs to, with where it comes from behind it."""
    del width  # what is too long for a terminal is wrapped, and a pipe has no width
    places: dict[str, list[tuple[str, Value]]] = {}
    for item in effective.values:
        place, name = _parted(item.name)
        places.setdefault(place, []).append((name, item))
    lines: list[Line] = []
    for place in sorted(places):
        longest = max(cells(name) for name, _ in places[place])
        lines += [(), line(Part(place, NAME))] if place else []
        lines += [_value(name, longest, item) for name, item in places[place]]
    return lines


def _parted(name: str) -> tuple[str, str]:
    """The place of a value, and its own name there; the name of a framework holds dots."""
    head, _, rest = name.partition(".")
    if head == _FRAMEWORKS and rest:
        return head, rest
    place, _, last = name.rpartition(".")
    return place, last


def _value(name: str, longest: int, item: Value) -> Line:
    padding = " " * (longest - cells(name) + 2)
    origin = Part(f"  ({item.origin})", DIM)
    return line(f"  {name}{padding}", Part(value_words(item.value), BOLD), origin)


def value_words(value: object) -> str:
    """A value in words: on and off, lists with commas, and what has names by its names."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list):
        return (
            "; ".join(map(value_words, value))
            if _is_deep(value)
            else ", ".join(map(value_words, value))
        )
    if isinstance(value, dict):
        return ", ".join(f"{name} {value_words(inner)}" for name, inner in value.items())
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _is_deep(value: list[object]) -> bool:
    return any(isinstance(item, dict | list) for item in value)


def _weaker(effective: Effective) -> list[Line]:
    if not effective.weakenings:
        return []
    lines: list[Line] = [(), line(Part("weaker than its baseline:", WARN))]
    for item in effective.weakenings:
        why = item.reason or Part("no reason is given", WARN)
        lines.append(line(f"  {item.name}: {item.baseline} -> {item.policy}, because: ", why))
    return lines
