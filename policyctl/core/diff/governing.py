"""Differences in what surrounds the decisions: reach, ownership, gates, escalation, claims."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from policyctl.core.diff.change import Kind, Place, PolicyChange
from policyctl.core.diff.effect import Effect, members, ordered
from policyctl.core.effective import Effective
from policyctl.core.items import GATE_STRICTNESS, strictness
from policyctl.core.policy import Policy, Trigger

_DAY = timedelta(days=1)
_GATE_DEFAULTS: Mapping[str, str | int] = {
    "window": "14d",
    "records": 1000,
    "reviewed": 100,
    "false_positives": "2%",
    "confidence": "95%",
    "inference": "anytime",
    "promote": "all",
}


def governing_changes(before: Effective, after: Effective) -> Iterator[PolicyChange]:
    """The differences that no single decision shows."""
    old, new = before.policy, after.policy
    place = Place(new.id)
    yield from _reach(place, old, new)
    if old.owner != new.owner:
        note = "neither the old nor the new owner can approve it"
        yield place.change(Kind.OWNER, "owner", old.owner, new.owner, Effect.NEUTRAL, note)
    yield from _thresholds(Place(new.id, "thresholds"), old, new)
    for stage in ("limited", "enforce"):
        yield from _gate(Place(new.id, f"gates.{stage}"), stage, before, after)
    yield from _escalation(Place(new.id, "escalation"), old, new)
    for framework in sorted({*old.controls, *new.controls}):
        was, now = old.controls.get(framework, ()), new.controls.get(framework, ())
        if set(was) != set(now):
            yield place.change(
                Kind.CONTROLS,
                f"controls.{framework}",
                [*was] or None,
                [*now] or None,
                Effect.NEUTRAL,
            )


def _reach(place: Place, old: Policy, new: Policy) -> Iterator[PolicyChange]:
    if set(old.apps) != set(new.apps):
        # A policy that names no application speaks of all.
        if not old.apps or not new.apps:
            effect = ordered(0, 1, stricter=not new.apps)
        else:
            effect = members(old.apps, new.apps)
        was, now = [*old.apps] or None, [*new.apps] or None
        yield place.change(Kind.APPS, "applies_to.apps", was, now, effect)
    if old.engine != new.engine:
        note = "each engine has detectors of its own"
        engines = old.engine or None, new.engine or None
        yield place.change(Kind.ENGINE, "applies_to.engine", *engines, Effect.UNKNOWN, note)


def _thresholds(place: Place, old: Policy, new: Policy) -> Iterator[PolicyChange]:
    was, now = old.thresholds, new.thresholds
    for field, before, after in (
        ("owner", was.owner, now.owner),
        ("reviewer", was.reviewer, now.reviewer),
    ):
        if before != after:
            effect = Effect.NEUTRAL if before and after else _given(after)
            yield place.change(Kind.THRESHOLDS, field, before or None, after or None, effect)
    if was.review_every != now.review_every:
        if was.review_every is None or now.review_every is None:
            effect = _given(now.review_every)
        else:
            effect = ordered(0, 1, stricter=now.review_every < was.review_every)
        spans = _span(was.review_every), _span(now.review_every)
        yield place.change(Kind.THRESHOLDS, "review_every", *spans, effect)


def _given(after: object) -> Effect:
    return Effect.TIGHTER if after else Effect.LOOSER


def _span(span: timedelta | None) -> str | None:
    return None if span is None else f"{span / _DAY:g}d"


def _gate(place: Place, stage: str, before: Effective, after: Effective) -> Iterator[PolicyChange]:
    old = {**_GATE_DEFAULTS, **before.data.get("gates", {}).get(stage, {})}
    new = {**_GATE_DEFAULTS, **after.data.get("gates", {}).get(stage, {})}
    for key in GATE_STRICTNESS:
        before_value, after_value = old.get(key), new.get(key)
        if before_value is None or after_value is None:
            if before_value != after_value:
                given = _given(after_value is not None)
                yield place.change(Kind.GATE, key, before_value, after_value, given)
            continue
        was, now = strictness(key, before_value), strictness(key, after_value)
        if was != now:
            effect = ordered(was, now, stricter=now > was)
            yield place.change(Kind.GATE, key, before_value, after_value, effect)


def _escalation(place: Place, old: Policy, new: Policy) -> Iterator[PolicyChange]:
    was = {(trigger.do, trigger.when): trigger for trigger in old.escalation}
    now = {(trigger.do, trigger.when): trigger for trigger in new.escalation}
    for name in sorted({*was, *now}):
        before, after = was.get(name), now.get(name)
        if before == after:
            continue
        if before is None or after is None:
            effect = _given(after)
        else:
            effect = Effect.NEUTRAL if before.notify and after.notify else _given(after.notify)
        field = f"{name[0]} when {name[1]}"
        yield place.change(Kind.ESCALATION, field, _trigger(before), _trigger(after), effect)


def _trigger(trigger: Trigger | None) -> dict[str, Any] | None:
    if trigger is None:
        return None
    data = {"when": trigger.when, "do": trigger.do, "notify": trigger.notify}
    return {key: value for key, value in data.items() if value}
