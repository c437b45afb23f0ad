"""The effective policy: baseline, policy file and governance's floors joined, with origins."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from policyctl.core.frozen import fresh, frozen
from policyctl.core.items import directions, strictness
from policyctl.core.reach import Reach, reach_of
from policyctl.core.weakening import Weakening, guardrails_below, weakenings

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    from typing import Any

    from policyctl.core.origins import Value
    from policyctl.core.policy import Guardrail, Policy

_Document = Mapping[str, "Any"]
_Item = Mapping[str, "Any"]
_Side = tuple[str, str]
"""A detector and a direction."""
_Floors = Mapping[str, Mapping[str, "Any"]]

_SCALARS = ("use_case", "data_sensitivity", "sensitivity")
_MAPPINGS = ("applies_to", "limited", "thresholds")
_OWN = ("id", "name", "purpose", "owner", "stage")


@frozen(slots=False)
class Effective:
    """A policy in force.

    Attributes:
        data: its values as one document.
        inherited: the baseline's guardrails by detector and direction, as `complete` takes them.
        sources: what it was made of: the policy's document, the baseline's, governance's floors.
        made: by the identity of its item, each guardrail of the baseline that policies leave as
            it is, once one of them has made a value of it.
    """

    data: Mapping[str, Any]
    weakenings: tuple[Weakening, ...]
    inherited: Mapping[_Side, _Item]
    sources: tuple[_Document, _Document | None, _Floors]
    made: dict[int, Guardrail | None] = fresh(default_factory=dict)

    # Neither is made, nor what makes it loaded, before it is asked for: `validate` needs neither.

    @cached_property
    def policy(self) -> Policy:
        """The same as a value of its own type."""
        from policyctl.core.policy import guardrail_from, policy_from

        guardrails: list[Guardrail] = []
        for item in self.data["guardrails"]:
            known = self.made.get(id(item))
            found = known or guardrail_from(item)
            if known is None and id(item) in self.made:
                self.made[id(item)] = found
            guardrails.append(found)
        return policy_from(self.data, guardrails)

    @cached_property
    def reach(self) -> Reach:
        """Which detectors its guardrails have to do with."""
        guardrails = self.data["guardrails"]
        return reach_of(
            tuple([(item["detector"], item["direction"], item["enabled"]) for item in guardrails])
        )

    @cached_property
    def values(self) -> tuple[Value, ...]:
        """Each of its values with its origin."""
        from policyctl.core.origins import values_of

        return values_of(*self.sources)


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
        KeyError: neither document gives a value that every policy needs, as `items.missing` tells.
    """
    return Foundation(baseline, floors).resolve(own)


class Foundation:
    """What policies are built upon, prepared once for all that extend the same baseline."""

    def __init__(self, baseline: _Document | None, floors: _Floors | None = None) -> None:
        """Prepare a baseline, or nothing for policies that extend none; see `resolve`."""
        self._baseline = baseline
        self._base: _Document = baseline or {}
        self._floors: _Floors = floors or {}
        self._below = guardrails_below(self._base)
        self._items: dict[_Side, _Item] = {}
        for item in self._base.get("guardrails", ()):
            for direction in directions(item):
                side = item["detector"], direction
                self._items[side] = _overlaid(self._items.get(side, {}), item, direction)
        self._completed: dict[str, dict[_Side, _Item]] = {}
        self._made: dict[int, Guardrail | None] = {}

    def resolve(self, own: Mapping[str, Any]) -> Effective:
        """Join a policy document with all this.

        Raises:
            KeyError: as in `resolve`.
        """
        data = self._without_guardrails(own)
        dial = data["sensitivity"]
        items = dict(self._completed.get(dial) or self._complete(dial))
        for item in own.get("guardrails", ()):
            for direction in directions(item, self._items):
                side = item["detector"], direction
                items[side] = _overlaid(items.get(side) or complete({}, dial), item, direction)
        if not items:
            raise KeyError("guardrails")
        data["guardrails"] = [*items.values()]
        return Effective(
            data=data,
            weakenings=tuple(weakenings(own, self._base, self._below)) if self._baseline else (),
            inherited=self._items,
            sources=(own, self._baseline, self._floors),
            made=self._made,
        )

    def _complete(self, dial: str) -> dict[_Side, _Item]:
        """The baseline's items with their defaults, for policies with one sensitivity."""
        found = {side: complete(item, dial) for side, item in self._items.items()}
        self._made.update((id(item), None) for item in found.values())
        self._completed[dial] = found
        return found

    def _without_guardrails(self, own: _Document) -> dict[str, Any]:
        base = self._base
        data: dict[str, Any] = {key: own[key] for key in _OWN}
        for key in _SCALARS:
            _put(data, key, own.get(key, base.get(key)))
        for key in _MAPPINGS:
            _put(data, key, _joined(base.get(key), own.get(key)))
        _put(data, "gates", self._gates(own.get("gates", {})))
        _put(data, "escalation", own.get("escalation", base.get("escalation")))
        _put(data, "controls", _controls(base.get("controls", {}), own.get("controls", {})))
        data.update((key, own[key]) for key in ("extends", "exceptions") if key in own)
        return data

    def _gates(self, own: _Floors) -> dict[str, _Item]:
        below: _Floors = self._base.get("gates", {})
        found: dict[str, _Item] = {}
        for stage in ("limited", "enforce"):
            gate = _joined(below.get(stage), own.get(stage))
            floors = self._floors.get(stage)
            if floors:
                higher = {
                    key: floor
                    for key, floor in floors.items()
                    if key not in gate or strictness(key, floor) > strictness(key, gate[key])
                }
                gate = {**gate, **higher}
            if gate:
                found[stage] = gate
        return found


def _joined(below: _Item | None, own: _Item | None) -> _Item:
    """The values of both, the policy's own in place of the baseline's."""
    if below and own:
        return {**below, **own}
    return own or below or {}


def _put(data: dict[str, Any], key: str, value: Any) -> None:
    """Put what one of the documents gives; an empty list is something, an empty mapping is not."""
    if value is not None and value != {}:
        data[key] = value


def _overlaid(below: _Item, item: _Item, direction: str) -> _Item:
    """The guardrail of one direction with what an item changes of it."""
    return {**below, **item, "direction": direction}


def complete(item: _Item, dial: str) -> _Item:
    """A guardrail's item with a default for what it leaves out.

    Args:
        item: the item, for one direction.
        dial: the sensitivity of the policy.
    """
    if "enabled" in item and "action" in item and "sensitivity" in item:
        return item
    return {"enabled": True, "action": "block", "sensitivity": dial, **item}


def _controls(below: Mapping[str, list[str]], own: Mapping[str, list[str]]) -> _Item:
    joined = {**below, **own}
    for framework in below.keys() & own.keys():
        known = below[framework]
        joined[framework] = [*known, *(one for one in own[framework] if one not in known)]
    return joined
