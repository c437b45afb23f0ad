"""Where a policy is weaker than the baseline that it extends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policyctl.core.frozen import frozen
from policyctl.core.items import directions, strictness

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    from typing import Any

Below = Mapping[tuple[str, str], Mapping[str, "Any"]]
"""The items of a baseline by detector and direction."""


@frozen
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


def guardrails_below(base: Mapping[str, Any]) -> Below:
    """The items of a baseline's guardrails by detector and direction."""
    return {
        (item["detector"], direction): item
        for item in base.get("guardrails", ())
        for direction in directions(item)
    }


def weakenings(
    own: Mapping[str, Any], base: Mapping[str, Any], below: Below
) -> Iterator[Weakening]:
    """The values of a policy document that are weaker than its baseline's.

    Args:
        own: the policy's document.
        base: the baseline's.
        below: the baseline's guardrails, as `guardrails_below` finds them.
    """
    reasons: Mapping[str, str] = own.get("reasons", {})
    if own.get("sensitivity", base["sensitivity"]) < base["sensitivity"]:
        yield Weakening(
            name="sensitivity",
            baseline=base["sensitivity"],
            policy=own["sensitivity"],
            reason=reasons.get("sensitivity", ""),
        )
    yield from _weaker_guardrails(own, base, below, reasons)
    for stage, gate in own.get("gates", {}).items():
        floors = base.get("gates", {}).get(stage, {})
        for key, value in gate.items():
            floor = floors.get(key)
            if floor is not None and strictness(key, value) < strictness(key, floor):
                yield Weakening(
                    name=f"gates.{stage}.{key}",
                    baseline=str(floor),
                    policy=str(value),
                    reason=reasons.get(f"gates.{stage}.{key}", reasons.get(f"gates.{stage}", "")),
                )


def _weaker_guardrails(
    own: Mapping[str, Any], base: Mapping[str, Any], below: Below, reasons: Mapping[str, str]
) -> Iterator[Weakening]:
    for item in own.get("guardrails", ()):
        detector = item["detector"]
        for direction in directions(item, below):
            before = _covered(below, detector, direction)
            if before is None or not before.get("enabled", True):
                continue
            now = item
            if before["detector"] != detector and "sensitivity" not in item:
                # A narrower guardrail takes over a part of its family, with values of its own.
                now = {**item, "sensitivity": own.get("sensitivity", base["sensitivity"])}
            for key, old, new in _weaker_fields(before, now, base["sensitivity"]):
                yield Weakening(
                    name=f"guardrails.{detector}.{direction}.{key}",
                    baseline=old,
                    policy=new,
                    reason=item.get("reason", reasons.get(f"guardrails.{detector}", "")),
                )


def _covered(below: Below, detector: str, direction: str) -> Mapping[str, Any] | None:
    """The baseline's guardrail that decided about the detector before the policy's own item."""
    family = detector
    while (family, direction) not in below and "/" in family:
        family = family.rpartition("/")[0]
    return below.get((family, direction))


def _weaker_fields(
    before: Mapping[str, Any], item: Mapping[str, Any], dial: str
) -> Iterator[tuple[str, str, str]]:
    """The fields of an item that are weaker than those of an enabled guardrail."""
    if not item.get("enabled", True):
        yield "enabled", "true", "false"
    if "sensitivity" in item:
        old = before.get("sensitivity", dial)
        if item["sensitivity"] < old:
            yield "sensitivity", old, item["sensitivity"]
    if item.get("action") == "redact" and before.get("action", "block") == "block":
        yield "action", "block", "redact"
    for key in ("words", "regex", "topics"):
        if key in item and key in before:
            gone = [value for value in before[key] if value not in item[key]]
            if gone:
                yield key, f"{len(gone)} more", "left out"
    if "allowed_domains" in item:
        allowed = before.get("allowed_domains", ())
        added = [domain for domain in item["allowed_domains"] if domain not in allowed]
        if added:
            yield "allowed_domains", "not allowed", ", ".join(added)
