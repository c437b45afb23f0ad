"""All differences between two effective policies.

Only what is in force counts: order, comments, spelling, and values that repeat the baseline's are
no difference, and a change of the baseline shows in every policy that extends it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from policyctl.core.diff.change import Kind, Place, PolicyChange
from policyctl.core.diff.effect import Effect, ordered, together
from policyctl.core.diff.exceptions import exception_changes
from policyctl.core.diff.governing import governing_changes
from policyctl.core.diff.guardrails import Side, guardrail_changes
from policyctl.core.diff.limited import limited_changes
from policyctl.core.effective import Effective
from policyctl.core.policy import Policy
from policyctl.core.sides import Direction

_DATA = ("public", "internal", "confidential", "restricted")


def policy_changes(
    before: Effective | None, after: Effective | None, *, now: datetime
) -> tuple[PolicyChange, ...]:
    """The differences between two states of one policy.

    Args:
        before: the policy in force before, or None if there was none.
        after: the policy in force after, or None if there is none any more.
        now: the moment by which the expiry of exceptions is judged.
    """
    if before is None or after is None:
        return tuple(_whole(before, after))
    old, new = before.policy, after.policy
    following = _following(before, after)
    return (
        *_identity(old, new),
        *_stage(old, new),
        *_dial(old, new, following),
        *guardrail_changes(old, new, following),
        *limited_changes(old, new),
        *exception_changes(old, new, now),
        *governing_changes(before, after),
    )


def effect_of(changes: tuple[PolicyChange, ...]) -> Effect:
    """What several changes do together."""
    return together(change.effect for change in changes)


def _whole(before: Effective | None, after: Effective | None) -> Iterator[PolicyChange]:
    if after is not None:
        policy, kind, effect = after.policy, Kind.POLICY_NEW, Effect.TIGHTER
        old, new = None, policy.stage.value
    elif before is not None:
        policy, kind, effect = before.policy, Kind.POLICY_RETIRED, Effect.LOOSER
        old, new = policy.stage.value, None
    else:
        return
    yield Place(policy.id).change(kind, "stage", old, new, effect)


def _identity(old: Policy, new: Policy) -> Iterator[PolicyChange]:
    place = Place(new.id)
    if old.id != new.id:
        note = "the ledger sees a retirement and a registration"
        yield place.change(Kind.POLICY_RENAMED, "id", old.id, new.id, Effect.NEUTRAL, note)
    yield from _text(new, "name", old.name, new.name)
    yield from _text(new, "purpose", old.purpose, new.purpose)
    if old.use_case != new.use_case:
        note = "another risk appetite and other approvals may apply"
        kind = Kind.USE_CASE
        yield place.change(kind, "use_case", old.use_case, new.use_case, Effect.UNKNOWN, note)
    if old.data_sensitivity != new.data_sensitivity:
        was, now = old.data_sensitivity, new.data_sensitivity
        effect = ordered(was, now, stricter=_DATA.index(now) > _DATA.index(was))
        note = "the risk appetite depends on it"
        yield place.change(Kind.DATA_SENSITIVITY, "data_sensitivity", was, now, effect, note)
    if old.extends != new.extends:
        note = "what it changes stands beside it, value by value"
        was_, now_ = old.extends or None, new.extends or None
        yield place.change(Kind.BASELINE, "extends", was_, now_, Effect.NEUTRAL, note)


def _stage(old: Policy, new: Policy) -> Iterator[PolicyChange]:
    if old.stage is not new.stage:
        effect = ordered(0, 1, stricter=new.stage.rank > old.stage.rank)
        yield Place(new.id).change(Kind.STAGE, "stage", old.stage.value, new.stage.value, effect)


def _following(before: Effective, after: Effective) -> frozenset[Side]:
    """The guardrails whose sensitivity is the policy's own, before and after."""
    return _inheriting(before) & _inheriting(after)


def _inheriting(effective: Effective) -> frozenset[Side]:
    found: set[Side] = set()
    for value in effective.values:
        place, _, field = value.name.rpartition(".")
        if field == "sensitivity" and value.origin.endswith(": sensitivity"):
            detector, _, direction = place.removeprefix("guardrails.").rpartition(".")
            found.add((detector, Direction(direction)))
    return frozenset(found)


def _dial(old: Policy, new: Policy, following: frozenset[Side]) -> Iterator[PolicyChange]:
    if old.sensitivity is new.sensitivity:
        return
    off = {
        (guardrail.detector, guardrail.direction)
        for policy in (old, new)
        for guardrail in policy.guardrails
        if not guardrail.enabled
    }
    acting = len(following - off)
    effect = ordered(0, 1, stricter=new.sensitivity > old.sensitivity)
    note = f"{acting} guardrail{'s follow' if acting != 1 else ' follows'} it"
    was, now = old.sensitivity.name, new.sensitivity.name
    effect = effect if acting else Effect.NEUTRAL
    yield Place(new.id).change(Kind.SENSITIVITY, "sensitivity", was, now, effect, note)


def _text(policy: Policy, path: str, was: str, now: str) -> Iterator[PolicyChange]:
    if was != now:
        yield Place(policy.id).change(Kind.TEXT, path, was, now, Effect.NEUTRAL)
