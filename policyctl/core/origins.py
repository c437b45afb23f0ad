"""Where each value of a policy in force comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from policyctl.core.frozen import frozen
from policyctl.core.items import GATE_STRICTNESS, directions

_SCALARS = ("use_case", "data_sensitivity", "sensitivity")
_MAPPINGS = ("applies_to", "limited", "thresholds")
_OWN = ("id", "name", "purpose", "owner", "stage")
_FIELDS = ("action", "sensitivity", "enabled", "words", "regex", "topics", "allowed_domains")
_DEFAULT = "policyctl's default"
_OWN_ORIGIN = "policy"


@frozen
class Value:
    """One effective value.

    Attributes:
        name: its place as people read it, such as ``guardrails.prompt_attack.input.action``.
        value: plain values as they stand in a document.
        origin: ``policy``, ``baseline <id>@<version>``, ``governance`` or policyctl's default.
    """

    name: str
    value: object
    origin: str


def values_of(
    own: Mapping[str, Any],
    baseline: Mapping[str, Any] | None,
    floors: Mapping[str, Mapping[str, Any]],
) -> tuple[Value, ...]:
    """Each value of the policy that `effective.resolve` makes of these, with its origin."""
    base: Mapping[str, Any] = baseline or {}
    source = f"baseline {base['id']}@{base['version']}" if baseline else ""
    joined = _Joined(source)
    for key in _OWN:
        joined.put((key,), own[key], _OWN_ORIGIN)
    for key in _SCALARS:
        joined.overlay((key,), base.get(key), own.get(key))
    for key in _MAPPINGS:
        joined.mapping((key,), base.get(key, {}), own.get(key, {}))
    _join_guardrails(joined, base.get("guardrails", ()), own.get("guardrails", ()))
    _join_gates(joined, base.get("gates", {}), own.get("gates", {}), floors)
    joined.overlay(("escalation",), base.get("escalation"), own.get("escalation"))
    _join_controls(joined, base.get("controls", {}), own.get("controls", {}))
    for key in ("extends", "exceptions"):
        if key in own:
            joined.put((key,), own[key], _OWN_ORIGIN)
    return joined.listed()


class _Joined:
    """Values with their origin, by path."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.found: dict[tuple[str, ...], tuple[object, str]] = {}
        self.guardrails: dict[tuple[str, str], str] = {}

    def name(self, detector: str, direction: str, origin: str) -> None:
        self.guardrails.setdefault((detector, direction), origin)

    def put(self, path: tuple[str, ...], value: object, origin: str) -> None:
        self.found[path] = (value, origin)

    def overlay(self, path: tuple[str, ...], below: object, above: object) -> None:
        if above is not None:
            self.put(path, above, _OWN_ORIGIN)
        elif below is not None:
            self.put(path, below, self.source)

    def mapping(
        self, path: tuple[str, ...], below: Mapping[str, Any], above: Mapping[str, Any]
    ) -> None:
        for key in [*below, *(key for key in above if key not in below)]:
            self.overlay((*path, key), below.get(key), above.get(key))

    def listed(self) -> tuple[Value, ...]:
        return tuple(
            Value(name=".".join(path), value=value, origin=origin)
            for path, (value, origin) in self.found.items()
        )


def _join_guardrails(
    joined: _Joined, below: Iterable[Mapping[str, Any]], above: Iterable[Mapping[str, Any]]
) -> None:
    for item in below:
        for direction in directions(item):
            _put_guardrail(joined, item, direction, joined.source)
    existing = list(joined.guardrails)
    for item in above:
        for direction in directions(item, existing):
            _put_guardrail(joined, item, direction, _OWN_ORIGIN)
    for (detector, direction), origin in joined.guardrails.items():
        _put_guardrail_defaults(joined, ("guardrails", detector, direction), origin)


def _put_guardrail(joined: _Joined, item: Mapping[str, Any], direction: str, origin: str) -> None:
    path = ("guardrails", item["detector"], direction)
    joined.name(item["detector"], direction, origin)
    for key in (*_FIELDS, "reason"):
        if key in item:
            joined.put((*path, key), item[key], origin)


def _put_guardrail_defaults(joined: _Joined, path: tuple[str, ...], introduced: str) -> None:
    for key, value, origin in (("enabled", True, introduced), ("action", "block", _DEFAULT)):
        if (*path, key) not in joined.found:
            joined.put((*path, key), value, origin)
    if (*path, "sensitivity") not in joined.found and ("sensitivity",) in joined.found:
        dial, whose = joined.found[("sensitivity",)]
        joined.put((*path, "sensitivity"), dial, f"{whose}: sensitivity")


def _join_gates(
    joined: _Joined,
    below: Mapping[str, Mapping[str, Any]],
    above: Mapping[str, Mapping[str, Any]],
    floors: Mapping[str, Mapping[str, Any]],
) -> None:
    for stage in ("limited", "enforce"):
        joined.mapping(("gates", stage), below.get(stage, {}), above.get(stage, {}))
        for key, floor in floors.get(stage, {}).items():
            path = ("gates", stage, key)
            value, _ = joined.found.get(path, (None, ""))
            if value is None or GATE_STRICTNESS[key](floor) > GATE_STRICTNESS[key](value):
                joined.put(path, floor, "governance")


def _join_controls(
    joined: _Joined, below: Mapping[str, list[str]], above: Mapping[str, list[str]]
) -> None:
    for framework in [*below, *(name for name in above if name not in below)]:
        base, own = below.get(framework, []), above.get(framework, [])
        added = [control for control in own if control not in base]
        origin = " + ".join(
            name for name, part in ((joined.source, base), (_OWN_ORIGIN, added)) if part
        )
        joined.put(("controls", framework), [*base, *added], origin or _OWN_ORIGIN)
