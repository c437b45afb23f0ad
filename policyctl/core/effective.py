"""The effective policy: baseline, policy file and governance's floors joined, with origins."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from policyctl.core.policy import Policy, policy_from
from policyctl.core.quantities import duration, share

_SCALARS = ("use_case", "data_sensitivity", "sensitivity")
_MAPPINGS = ("applies_to", "limited", "thresholds")
_OWN = ("id", "name", "purpose", "owner", "stage")
_FIELDS = ("action", "sensitivity", "enabled", "words", "regex", "topics", "allowed_domains")
_DEFAULT = "policyctl's default"
_OWN_ORIGIN = "policy"


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Weakening:
    """A value that is weaker than the baseline's.

    Attributes:
        name: its place, as in `Value`.
        reason: why, as the policy states it; empty if it does not.
    """

    name: str
    baseline: str
    policy: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effective:
    """A policy in force and the origin of each of its values."""

    policy: Policy
    data: Mapping[str, Any]
    values: tuple[Value, ...]
    weakenings: tuple[Weakening, ...]


def resolve(
    own: Mapping[str, Any],
    baseline: Mapping[str, Any] | None,
    floors: Mapping[str, Mapping[str, Any]] | None = None,
) -> Effective:
    """Join a policy document with the baseline it extends and governance's gates.

    Args:
        own: the policy's document, as its schema accepts it.
        baseline: the document of the baseline it extends, or None.
        floors: gates by stage that governance asks of every policy; the stricter value counts.

    Raises:
        KeyError: neither document gives a value that every policy needs, as `missing` tells.
    """
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
    _join_gates(joined, base.get("gates", {}), own.get("gates", {}), floors or {})
    joined.overlay(("escalation",), base.get("escalation"), own.get("escalation"))
    _join_controls(joined, base.get("controls", {}), own.get("controls", {}))
    for key in ("extends", "exceptions"):
        if key in own:
            joined.put((key,), own[key], _OWN_ORIGIN)
    if not joined.guardrails:
        raise KeyError("guardrails")
    data = joined.document()
    return Effective(
        policy=policy_from(data),
        data=data,
        values=joined.listed(),
        weakenings=tuple(_weakenings(own, base)) if baseline else (),
    )


def missing(own: Mapping[str, Any], baseline: Mapping[str, Any] | None) -> tuple[str, ...]:
    """The values that every policy needs and neither document gives."""
    base: Mapping[str, Any] = baseline or {}
    absent = [key for key in ("sensitivity",) if key not in own and key not in base]
    if not own.get("guardrails") and not base.get("guardrails"):
        absent.append("guardrails")
    return tuple(absent)


def directions(item: Mapping[str, Any], existing: Iterable[tuple[str, str]] = ()) -> list[str]:
    """The directions that a guardrail item speaks of.

    One that names no direction speaks of every direction in which the baseline has the detector,
    and of both if it has none.
    """
    if "direction" in item:
        return [item["direction"]]
    known = [direction for detector, direction in existing if detector == item["detector"]]
    return sorted(set(known)) or ["input", "output"]


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

    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = {}
        guardrails: dict[tuple[str, str], dict[str, Any]] = {}
        for path, (value, _) in self.found.items():
            if path[0] == "guardrails":
                _, detector, direction, key = path
                item = guardrails.setdefault((detector, direction), {})
                item.update({"detector": detector, "direction": direction, key: value})
                continue
            place = document
            for step in path[:-1]:
                place = place.setdefault(step, {})
            place[path[-1]] = value
        document["guardrails"] = list(guardrails.values())
        return document


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


GATE_STRICTNESS: Mapping[str, Callable[[Any], Fraction]] = {
    "window": lambda value: Fraction(duration(value).total_seconds()),
    "records": Fraction,
    "reviewed": Fraction,
    "false_positives": lambda value: -share(value),
    "confidence": share,
    "inference": lambda value: Fraction(value == "anytime"),
}
"""How strict each value of a gate is: the larger number asks for more evidence."""


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


def _weakenings(own: Mapping[str, Any], base: Mapping[str, Any]) -> Iterable[Weakening]:
    reasons: Mapping[str, str] = own.get("reasons", {})
    if own.get("sensitivity", base["sensitivity"]) < base["sensitivity"]:
        yield Weakening(
            name="sensitivity",
            baseline=base["sensitivity"],
            policy=own["sensitivity"],
            reason=reasons.get("sensitivity", ""),
        )
    yield from _weaker_guardrails(own, base, reasons)
    for stage, gate in own.get("gates", {}).items():
        for key, value in gate.items():
            floor = base.get("gates", {}).get(stage, {}).get(key)
            if floor is not None and GATE_STRICTNESS[key](value) < GATE_STRICTNESS[key](floor):
                yield Weakening(
                    name=f"gates.{stage}.{key}",
                    baseline=str(floor),
                    policy=str(value),
                    reason=reasons.get(f"gates.{stage}.{key}", reasons.get(f"gates.{stage}", "")),
                )


def _weaker_guardrails(
    own: Mapping[str, Any], base: Mapping[str, Any], reasons: Mapping[str, str]
) -> Iterable[Weakening]:
    below = {
        (item["detector"], direction): item
        for item in base["guardrails"]
        for direction in directions(item)
    }
    for item in own.get("guardrails", ()):
        for direction in directions(item, below):
            before = _covered(below, item["detector"], direction)
            if before is None:
                continue
            name = f"guardrails.{item['detector']}.{direction}"
            reason = item.get("reason", reasons.get(f"guardrails.{item['detector']}", ""))
            now = dict(item)
            if before["detector"] != item["detector"]:
                # A narrower guardrail takes over a part of its family, with values of its own.
                now.setdefault("sensitivity", own.get("sensitivity", base["sensitivity"]))
            for key, old, new in _weaker_fields(before, now, base["sensitivity"]):
                yield Weakening(name=f"{name}.{key}", baseline=old, policy=new, reason=reason)


def _covered(
    below: Mapping[tuple[str, str], Mapping[str, Any]], detector: str, direction: str
) -> Mapping[str, Any] | None:
    """The baseline's guardrail that decided about the detector before the policy's own item."""
    family = detector
    while (family, direction) not in below and "/" in family:
        family = family.rpartition("/")[0]
    return below.get((family, direction))


def _weaker_fields(
    before: Mapping[str, Any], item: Mapping[str, Any], dial: str
) -> Iterable[tuple[str, str, str]]:
    if not before.get("enabled", True):
        return
    if not item.get("enabled", True):
        yield "enabled", "true", "false"
    old = before.get("sensitivity", dial)
    if item.get("sensitivity", old) < old:
        yield "sensitivity", old, item["sensitivity"]
    action = before.get("action", "block")
    if action == "block" and item.get("action", action) == "redact":
        yield "action", "block", "redact"
    for key in ("words", "regex", "topics"):
        gone = _removed(before, item, key)
        if gone:
            yield key, f"{len(gone)} more", "left out"
    allowed = before.get("allowed_domains", ())
    added = [domain for domain in item.get("allowed_domains", ()) if domain not in allowed]
    if added:
        yield "allowed_domains", "not allowed", ", ".join(added)


def _removed(before: Mapping[str, Any], after: Mapping[str, Any], key: str) -> list[Any]:
    if key not in after:
        return []
    return [value for value in before.get(key, ()) if value not in after[key]]
